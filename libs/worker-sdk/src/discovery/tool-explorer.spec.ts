import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Injectable, Module, Scope } from '@nestjs/common';
import type { Provider } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { IsString } from 'class-validator';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { ProvidesTools } from '../provides-tools.decorator.js';
import { ToolHandler } from '../tool-handler.decorator.js';
import type { ToolSource } from '../tool-source.types.js';
import type { Tool } from '../tool.types.js';
import { ToolExplorer } from './tool-explorer.js';
import { ToolMetadataAccessor } from './tool-metadata.accessor.js';

async function explore(...providers: Provider[]) {
  @Module({ imports: [DiscoveryModule], providers: [ToolExplorer, ToolMetadataAccessor, ...providers] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
  try {
    return app.get(ToolExplorer).explore();
  } finally {
    await app.close();
  }
}

class Region {
  @IsString() region!: string;
}

@Injectable()
class Reports {
  build(region: string): string {
    return `report of ${region}`;
  }
}

@ToolHandler({ name: 'build_report', description: 'Builds a report.', arguments: Region })
class BuildReport implements Tool<Region, string> {
  constructor(private readonly reports: Reports) {}

  run({ region }: Region): string {
    return this.reports.build(region);
  }
}

const runless = { name: 'runless', description: 'Has no run.', arguments: NoArguments };

@(ToolHandler(runless) as ClassDecorator)
class Runless {}

@ToolHandler({ name: 'bare', description: 'Has a DTO without decorators.', arguments: class Bare {} })
class BareArguments implements Tool {
  run(): void {}
}

@ToolHandler({ name: 'scoped', description: 'Is made for each request.', arguments: NoArguments })
@Injectable({ scope: Scope.REQUEST })
class Scoped implements Tool {
  run(): void {}
}

@ProvidesTools()
class FromFile implements ToolSource {
  tools() {
    const options = { name: 'order_status', description: 'Looks up an order.', arguments: NoArguments };
    return [handlerRegistration(options, { run: () => 'shipped' }, 'tools.yaml')];
  }
}

@ProvidesTools()
class Empty implements ToolSource {
  tools() {
    return [];
  }
}

describe('ToolExplorer', () => {
  it('finds decorated providers with their dependencies, and tools made at run time', async () => {
    const { registrations, problems } = await explore(Reports, BuildReport, FromFile);
    expect(problems).toEqual([]);
    expect(registrations.map(({ definition, origin }) => [definition.name, origin])).toEqual([
      ['build_report', 'BuildReport'],
      ['order_status', 'tools.yaml'],
    ]);
    expect(registrations[0]?.run({ region: 'north' }, {} as never)).toBe('report of north');
  });

  it('takes a class once, though it stands under two tokens', async () => {
    const { registrations } = await explore(Reports, BuildReport, { provide: 'ALIAS', useExisting: BuildReport });
    expect(registrations).toHaveLength(1);
  });

  it('finds both of two instances of one class, so that the double name is refused', async () => {
    const { registrations } = await explore(Reports, BuildReport, { provide: 'SECOND', useClass: BuildReport });
    expect(registrations).toHaveLength(2);
  });

  it.each<[string, Provider[], RegExp]>([
    ['a handler without run', [Runless], /^Runless has @ToolHandler but no run\(args, call\) method: implement Tool$/],
    [
      'a DTO without decorators',
      [BareArguments],
      /^BareArguments \(tool "bare"\): Bare has no class-validator decorators/,
    ],
    ['a request-scoped handler', [Scoped], /^Scoped is request-scoped/],
    ['a source without tools', [Empty], /^Empty gives no tools/],
  ])('says what to do about %s', async (_case, providers, text) => {
    const { registrations, problems } = await explore(...providers);
    expect(registrations).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(text)]);
  });
});
