import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { ToolError, ToolHandler } from '../index.js';
import type { Tool, ToolCallContext } from '../index.js';
import { ToolBench } from '../testing/index.js';

export class OrderArguments {
  @IsString() orderId!: string;
}

/** A backend that takes the job and calls back. */
export abstract class Warehouse {
  abstract startCheck(orderId: string, callbackUrl: string): Promise<void>;
}

@ToolHandler({ name: 'check_stock', description: 'Has the stock of an order checked.', arguments: OrderArguments })
export class CheckStock implements Tool<OrderArguments, unknown> {
  constructor(private readonly warehouse: Warehouse) {}

  async run({ orderId }: OrderArguments, call: ToolCallContext) {
    const callback = await call.callback();
    // True when an attempt before this one, or a replica that was lost, has asked already: the answer comes here all the same.
    if (!callback.wasHandedOver) {
      await this.warehouse.startCheck(orderId, callback.url);
      await callback.handedOver();
    }
    const { outcome, data } = await callback.answer();
    if (outcome === 'failed') throw ToolError.nonRetryable('the warehouse refused', { code: 'refused' });
    return data;
  }

  say() {
    return 'Your order is in stock.';
  }
}

describe('check_stock', () => {
  function setUp() {
    const urls: string[] = [];
    const startCheck = async (_orderId: string, url: string) => {
      urls.push(url);
    };
    return { urls, bench: ToolBench.of(new CheckStock({ startCheck })) };
  }

  it('waits for the callback', async () => {
    const { urls, bench } = setUp();
    bench.callBack({ pieces: 3 }, { afterMs: 20_000 });
    expect(await bench.run({ orderId: 'A1' })).toMatchObject({ outcome: 'succeeded', data: { pieces: 3 } });
    expect(urls).toEqual([expect.stringMatching(/^https:\/\/interject\.example\/callbacks\/.+/)]);
    expect(bench.handedOver).toBe(1);
  });

  it('fails when the backend says so', async () => {
    const { bench } = setUp();
    bench.callBack({ reason: 'closed' }, { afterMs: 1000, outcome: 'failed' });
    expect(await bench.run({ orderId: 'A1' })).toMatchObject({ outcome: 'failed', failure: { code: 'refused' } });
  });

  it('does not ask the backend again when the job comes back from a replica that was lost', async () => {
    const { urls, bench } = setUp();
    const lost = bench.ask({ orderId: 'A1' });
    await bench.clock.advance(0);
    expect(bench.handedOver).toBe(1);
    bench.shutDown();
    await expect(bench.ended(lost)).rejects.toThrow();

    bench.callBack({ pieces: 3 }, { afterMs: 1000 });
    const result = await bench.run({ orderId: 'A1' }, { deliveryCount: 2 });
    expect(result.outcome).toBe('succeeded');
    expect(urls).toHaveLength(1);
  });
});
