import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_SPEECH_PLAN,
  DUPLICATE_DEFAULTS,
  FILLER_DEFAULTS,
  MAX_GRACE_MS,
  parse,
  TOOL_DEFAULTS,
  ToolDefinition,
} from '@interject/contracts';
import { IsOptional, IsString, Length } from 'class-validator';
import { FromCall } from '../from-call.decorator.js';
import { NoArguments } from '../no-arguments.js';
import type { Tool, ToolHandlerOptions } from '../tool.types.js';
import { compileTools, definitionVersion } from './compile-tools.js';
import { handlerRegistration } from './handler-registration.js';

class Region {
  @IsString() @Length(1, 80) region!: string;
}

const options: ToolHandlerOptions = { name: 'build_report', description: 'Builds a report.', arguments: Region };
const handler: Tool = { run: () => 'done' };

function registration(over: Partial<ToolHandlerOptions> = {}, origin = 'BuildReport') {
  return handlerRegistration({ ...options, ...over }, handler, origin);
}

describe('handlerRegistration', () => {
  it('fills in what the handler leaves out', () => {
    expect(registration({ retry: { attempts: 5 } })).toMatchObject({
      concurrency: 100,
      origin: 'BuildReport',
      definition: { ...TOOL_DEFAULTS, retry: { attempts: 5, backoffMs: TOOL_DEFAULTS.retry.backoffMs } },
    });
  });

  it('fills in what its fillers leave out', () => {
    const { definition } = registration({ fillers: { texts: ['One moment.'], max: 3 } });
    expect(definition.fillers).toEqual({ texts: ['One moment.'], ...FILLER_DEFAULTS, max: 3 });
    const all = {
      texts: ['One moment.', 'Still there?'],
      afterMs: 1000,
      everyMs: 2000,
      max: 0,
      onSilenceLimit: 'I am still working on it.',
      onDurationLimit: 'We have to come to an end.',
    };
    expect(registration({ fillers: all }).definition.fillers).toEqual(all);
    expect(registration().definition).not.toHaveProperty('fillers');
  });

  it.each([
    [undefined, undefined],
    ['allow', undefined],
    ['reject', DUPLICATE_DEFAULTS],
    [{}, DUPLICATE_DEFAULTS],
    [{ by: 'tool' }, { ...DUPLICATE_DEFAULTS, by: 'tool' }],
    [{ afterSuccessMs: 0 }, { ...DUPLICATE_DEFAULTS, afterSuccessMs: 0 }],
  ] as const)('makes of duplicates %j the policy %j', (duplicates, policy) => {
    const { definition } = registration(duplicates === undefined ? {} : { duplicates });
    expect(definition.duplicates).toEqual(policy);
  });

  it('opens no grace window by itself when the call ends after the result: Vapi would not end it', () => {
    expect(registration({ speech: { endCallAfter: true } }).definition.graceMs).toBe(0);
    expect(registration({ speech: { endCallAfter: false } }).definition.graceMs).toBe(TOOL_DEFAULTS.graceMs);
  });

  it('keeps title, mode, what is said at the start, and the limits of the replica', () => {
    const said = { title: 'the sales report', mode: 'sync', sayOnStart: 'One moment.' } as const;
    const rateLimit = { limit: 5, perMs: 1000 };
    expect(registration({ ...said, concurrencyPerCall: 2, rateLimit })).toMatchObject({
      concurrencyPerCall: 2,
      rateLimit,
      definition: said,
    });
    const bare = registration();
    for (const field of ['title', 'mode', 'sayOnStart', 'duplicates', 'staticArguments']) {
      expect(bare.definition).not.toHaveProperty(field);
    }
  });

  it('takes what Vapi fills in as arguments, and leaves out what the call has no value for', () => {
    class WithCaller extends Region {
      @FromCall('{{ customer.number }}') @IsOptional() @IsString() @Length(3, 40) phone?: string;
    }
    const tool = registration({ arguments: WithCaller });
    const validate = (args: Record<string, unknown>) => tool.validate(args);
    expect(tool.definition.staticArguments).toEqual({ phone: '{{ customer.number }}' });
    expect(validate({ region: 'north', phone: '+49301' })).toEqual({
      valid: true,
      args: { region: 'north', phone: '+49301' },
    });
    expect(validate({ region: 'north', phone: '' })).toEqual({ valid: true, args: { region: 'north' } });
    expect(validate({ region: '', phone: '' })).toMatchObject({ valid: false, problems: [{ field: 'region' }] });
  });

  it('gives the handler an instance of its DTO, without fields nobody declared', () => {
    const validated = registration().validate({ region: 'north', extra: 1 });
    expect(validated).toEqual({ valid: true, args: { region: 'north' } });
    expect(validated.valid && validated.args).toBeInstanceOf(Region);
  });

  it('names every field that does not fit, without its value', () => {
    const validated = registration().validate({ region: 'secret'.repeat(50) });
    expect(validated).toEqual({
      valid: false,
      problems: [{ field: 'region', problem: 'must be shorter than or equal to 80 characters' }],
    });
  });

  it('takes whatever comes for a tool without arguments', () => {
    expect(registration({ arguments: NoArguments }).validate({ a: 1 })).toEqual({
      valid: true,
      args: new NoArguments(),
    });
  });

  it('leaves say and sayFailure undefined for a handler without them, and binds those it has', () => {
    expect(registration()).not.toHaveProperty('say');
    expect(registration()).not.toHaveProperty('sayFailure');
    class Speaking implements Tool {
      private readonly greeting = 'Hello';
      run() {
        return 1;
      }
      say() {
        return this.greeting;
      }
    }
    expect(handlerRegistration(options, new Speaking(), 'Speaking').say?.(1, {})).toBe('Hello');
  });
});

describe('compileTools', () => {
  it('gives definitions that the contract accepts', () => {
    const { tools, problems } = compileTools([registration({ speech: { timing: 'interrupt' } })], 'reports-worker');
    expect(problems).toEqual([]);
    const definition = tools[0]?.definition;
    expect(parse(ToolDefinition, JSON.parse(JSON.stringify(definition)))).toEqual(definition);
    expect(definition).toMatchObject({ worker: 'reports-worker', speech: { timing: 'interrupt' } });
  });

  it('keeps every wish about speech, and fillers', () => {
    const speech = {
      wording: 'assistant',
      timing: 'next-turn',
      class: 'latest',
      replaceKey: 'report',
      expiresInMs: 60_000,
      maxHoldMs: 0,
      onHoldExpired: 'drop',
      callerMayInterrupt: false,
      onInterrupted: 'drop',
      onUnconfirmed: 'repeat',
      endCallAfter: true,
      template: 'About your report: {text}',
      repeatTemplate: 'As I was saying: {text}',
      maxCharacters: 300,
      language: 'pt-BR',
      minGapMs: 0,
      maxCount: 1,
    } as const;
    const fillers = { texts: ['One moment.'], onSilenceLimit: 'Still at it.' };
    const { tools, problems } = compileTools([registration({ speech, fillers })], 'w');
    expect(problems).toEqual([]);
    const read = parse(ToolDefinition, JSON.parse(JSON.stringify(tools[0]?.definition)));
    expect({ ...read.speech }).toEqual(speech);
    expect({ ...read.fillers }).toEqual({ ...FILLER_DEFAULTS, ...fillers });
    expect(Object.keys(speech)).toEqual(expect.arrayContaining(Object.keys(DEFAULT_SPEECH_PLAN)));
  });

  it('gives equal definitions the same version, and others another one', () => {
    const [a, b, c] = [registration(), registration(), registration({ timeoutMs: 5 })].map(
      (one) => compileTools([one], 'w').tools[0]?.definition.version,
    );
    expect(a).toMatch(/^[0-9a-f]{12}$/);
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });

  it('does not mind the order of keys', () => {
    const { version: _version, ...definition } =
      compileTools([registration()], 'w').tools[0]?.definition ?? ({} as ToolDefinition);
    const turned = Object.fromEntries(Object.entries(definition).reverse()) as typeof definition;
    expect(definitionVersion(turned)).toBe(definitionVersion(definition));
  });

  it.each([
    [{ name: 'build report' }, /BuildReport \(tool "build report"\): name must match/],
    [{ description: '' }, /description must be longer/],
    [{ timeoutMs: 0 }, /timeoutMs must not be less than 1/],
    [{ timeoutMs: 1.5 }, /timeoutMs must be an integer/],
    [{ retry: { attempts: 21 } }, /retry\.attempts must not be greater than 20/],
    [{ onCallEnded: 'stop' as never }, /onCallEnded must be one of/],
    [{ speech: { timing: 'soon' as never } }, /speech\.timing must be one of/],
    [{ concurrency: 0 }, /concurrency must be an integer from 1/],
    [{ name: 'cancel_task' }, /the gateway answers a tool of this name itself: give yours another name/],
    [{ title: '' }, /title must be longer/],
    [{ mode: 'later' as never }, /mode must be one of/],
    [{ sayOnStart: '' }, /sayOnStart must be longer/],
    [{ duplicates: 'refuse' as never }, /duplicates/],
    [{ duplicates: { by: 'call' as never } }, /duplicates\.by must be one of/],
    [{ duplicates: { afterSuccessMs: -1 } }, /duplicates\.afterSuccessMs must not be less than 0/],
    [{ graceMs: MAX_GRACE_MS + 1 }, /graceMs must not be greater than 15000/],
    [{ graceMs: 1, speech: { endCallAfter: true } }, /graceMs must be 0 with speech\.endCallAfter/],
    [{ speech: { template: 'Well: {{text}}' } }, /speech\.template must hold \{text\} once, and no other braces/],
    [{ speech: { repeatTemplate: 'Again.' } }, /speech\.repeatTemplate must hold \{text\} once/],
    [{ speech: { maxCharacters: 1 } }, /speech\.maxCharacters must not be less than/],
    [{ speech: { language: 'English' } }, /speech\.language must/],
    [{ speech: { minGapMs: -1 } }, /speech\.minGapMs must not be less than 0/],
    [{ speech: { maxCount: 101 } }, /speech\.maxCount must not be greater than 100/],
    [{ fillers: { texts: [] } }, /fillers\.texts must contain at least 1 element/],
    [{ fillers: {} as never }, /fillers\.texts must/],
    [{ fillers: { texts: ['a', ''] } }, /fillers\.texts each value in texts must be longer/],
    [{ fillers: { texts: ['a'], afterMs: 10 } }, /fillers\.afterMs must not be less than 1000/],
    [{ fillers: { texts: ['a'], max: 21 } }, /fillers\.max must not be greater than 20/],
  ])('refuses %j', (over, text) => {
    const { tools, problems } = compileTools([registration(over)], 'w');
    expect(tools).toEqual([]);
    expect(problems.join('\n')).toMatch(text);
  });

  it('refuses static arguments that the parameters do not know', () => {
    const one = registration();
    const definition = { ...one.definition, staticArguments: { phone: '{{ customer.number }}' } };
    expect(compileTools([{ ...one, definition }], 'w').problems).toEqual([
      'BuildReport (tool "build_report"): staticArguments must be properties of parameters too: phone',
    ]);
  });

  it('refuses two handlers of one name and names both', () => {
    const { problems } = compileTools([registration(), registration({}, 'OtherReport')], 'w');
    expect(problems).toEqual([
      'tool "build_report" has 2 handlers (BuildReport and OtherReport): keep one, or give them different names',
    ]);
  });
});
