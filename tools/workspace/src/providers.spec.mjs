import { describe, expect, it } from '@jest/globals';
import { addProvider } from './providers.mjs';

const provider = { className: 'FindOrder', from: './find-order.tool.js' };
const module = (/** @type {string} */ options) =>
  `import { Module } from '@nestjs/common';\nimport { A } from './a.js';\n\n@Module(${options})\nexport class ToolsModule {}\n`;

describe('addProvider', () => {
  it.each([
    ['{ providers: [A] }', '{ providers: [A, FindOrder] }'],
    ['{ providers: [A,] }', '{ providers: [A, FindOrder,] }'],
    ['{ providers: [] }', '{ providers: [FindOrder] }'],
    [
      '{ imports: [A], providers: [{ provide: A, useClass: A }] }',
      '{ imports: [A], providers: [{ provide: A, useClass: A }, FindOrder] }',
    ],
    ['{ imports: [A] }', '{ imports: [A] , providers: [FindOrder]}'],
    ['{ imports: [A], }', '{ imports: [A],  providers: [FindOrder]}'],
    ['{}', '{ providers: [FindOrder]}'],
    ['{ providers: [...A, A /* last */] }', '{ providers: [...A, A, FindOrder /* last */] }'],
  ])('adds to %s', (before, after) => {
    const expected = module(after).replace(
      "'./a.js';\n",
      "'./a.js';\nimport { FindOrder } from './find-order.tool.js';\n",
    );

    expect(addProvider('m.ts', module(before), provider)).toBe(expected);
  });

  it('leaves a module alone that has it', () => {
    const source = module('{ providers: [FindOrder] }');

    expect(addProvider('m.ts', source, provider)).toBe(source);
  });

  it.each([
    ['export class X {}', 'm.ts has no @Module({ ... })'],
    [module('options'), 'm.ts has no @Module({ ... })'],
    [module('{ providers: handlers() }'), 'The providers of m.ts are not a plain list'],
    [module('{ providers }'), 'The providers of m.ts are not a plain list'],
  ])('says what to do by hand: %s', (source, message) => {
    expect(() => addProvider('m.ts', source, provider)).toThrow(message);
    expect(() => addProvider('m.ts', source, provider)).toThrow("import { FindOrder } from './find-order.tool.js'");
  });
});
