import { describe, expect, it } from '@jest/globals';
import { descriptionOf, toolNames, workerNames } from './names.mjs';
import { repositoryTree, textOf } from './testing/repository-tree.mjs';

/** The generators run before any build: they cannot ask the compiled contracts. */
const callerTools = [...textOf(repositoryTree(), 'libs/contracts/src/caller-tools.ts').matchAll(/name: '(\w+)'/g)];

describe('workerNames', () => {
  it.each(['order-status', 'order-status-worker', ' order-status '])('takes %j', (name) => {
    expect(workerNames(name)).toEqual({
      base: 'order-status',
      project: 'order-status-worker',
      className: 'OrderStatus',
      constant: 'ORDER_STATUS',
      service: 'ORDER_STATUS_WORKER',
      words: 'order status',
    });
  });

  it.each([
    ['Weather', 'Try weather.'],
    ['order_status', 'Try order-status.'],
    ['orderStatus', 'Try order-status.'],
    ['Order Status Worker', 'Try order-status.'],
    ['weather--', 'Try weather.'],
    ['../weather', 'Try weather.'],
    ['9lives', 'a letter first.'],
    ['', 'a letter first.'],
    ['-worker', 'a letter first.'],
    ['wetter-für-alle', 'Try wetter-f-r-alle.'],
    ['a'.repeat(41), 'too long'],
  ])('refuses %j and helps', (name, hint) => {
    expect(() => workerNames(name)).toThrow(hint);
  });

  it.each(['gateway', 'http-worker', 'speech', 'vapi', 'nats', 'worker', 'worker-worker'])(
    'keeps %s for itself',
    (name) => {
      expect(() => workerNames(name)).toThrow('is reserved');
    },
  );
});

describe('toolNames', () => {
  it.each([
    ['request_weather', 'request-weather', 'RequestWeather', 'request weather'],
    ['getOrder', 'get-order', 'GetOrder', 'get order'],
    ['find-slots-2', 'find-slots-2', 'FindSlots2', 'find slots 2'],
    ['tool', 'tool', 'ToolTool', 'tool'],
    ['date', 'date', 'DateTool', 'date'],
  ])('makes file and class of %s', (tool, file, className, words) => {
    expect(toolNames(tool)).toEqual({ tool, file, className, words });
  });

  it.each(['', 'a b', 'a.b', '1st', '_x', 'ü', 'x'.repeat(65)])('refuses %j', (name) => {
    expect(() => toolNames(name)).toThrow('cannot be the name of a tool');
  });

  it('knows the tools of the gateway', () => {
    expect(callerTools.length).toBeGreaterThan(1);
  });

  it.each(callerTools.map(([, name = '']) => name))('leaves %s to the gateway', (name) => {
    expect(() => toolNames(name)).toThrow('is reserved: the gateway answers that tool itself');
  });
});

describe('descriptionOf', () => {
  it('takes one line', () => {
    expect(descriptionOf(' Finds it. ', 'x')).toBe('Finds it.');
    expect(descriptionOf(undefined, 'x')).toBe('x');
    expect(descriptionOf(' ', 'x')).toBe('x');
    expect(() => descriptionOf('a\nb', 'x')).toThrow('one line');
    expect(() => descriptionOf('a'.repeat(1001), 'x')).toThrow('at most 1000');
  });
});
