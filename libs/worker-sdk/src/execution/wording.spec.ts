import { describe, expect, it, jest } from '@jest/globals';
import { MAX_SPEECH_TEXT } from '@interject/contracts';
import type { ToolFailure } from '../tool.types.js';
import { failedJob, thrownEnd } from './job-end.js';
import { JobFaults } from './job.types.js';
import { fitText, MAX_PLAIN_RESULT, neutralLine, wordFailure, wordResult } from './wording.js';
import type { OnFault } from './wording.js';

const result = { value: { status: 'shipped' }, args: { orderId: '7' } };

function faults() {
  const seen: string[] = [];
  const onFault: OnFault = (fault) => seen.push(fault);
  return { seen, onFault };
}

describe('fitText', () => {
  it('makes one line', () => {
    expect(fitText('  Your\n\torder  is\u00a0here. ')).toBe('Your order is here.');
  });

  it('gives nothing for blanks, and not more than an event may carry', () => {
    expect(fitText(' \n ')).toBeUndefined();
    expect(fitText('x'.repeat(MAX_SPEECH_TEXT + 1))).toHaveLength(MAX_SPEECH_TEXT);
  });
});

describe('neutralLine', () => {
  it.each([
    ['build_report', 'The result of build report is ready.'],
    ['lookUpOrder', 'The result of look up order is ready.'],
    ['GET-status', 'The result of get status is ready.'],
    ['__', 'The result is ready.'],
  ])('reads %s as words', (tool, line) => {
    expect(neutralLine(tool)).toBe(line);
  });
});

describe('wordResult', () => {
  it('says what say gives, with its wishes', () => {
    const say = jest.fn((_result: unknown, _args: object) => ({
      text: 'It is\nshipped.',
      speech: { timing: 'interrupt' as const },
    }));
    expect(wordResult('t', { say }, result, faults().onFault)).toEqual({
      text: 'It is shipped.',
      speech: { timing: 'interrupt' },
    });
    expect(say).toHaveBeenCalledWith(result.value, result.args);
  });

  it.each([[undefined], [''], ['  ']])('says nothing when say gives %j', (words) => {
    const { seen, onFault } = faults();
    expect(wordResult('t', { say: () => words }, result, onFault)).toBeUndefined();
    expect(seen).toEqual([]);
  });

  it('without say speaks a short string and stays neutral about anything else', () => {
    const { onFault } = faults();
    expect(wordResult('t', {}, { value: 'All\ngood.', args: {} }, onFault)?.text).toBe('All good.');
    expect(wordResult('t', {}, { value: 'x'.repeat(MAX_PLAIN_RESULT + 1), args: {} }, onFault)?.text).toBe(
      neutralLine('t'),
    );
    expect(wordResult('t', {}, { value: ' ', args: {} }, onFault)?.text).toBe(neutralLine('t'));
    expect(wordResult('t', {}, result, onFault)?.text).toBe(neutralLine('t'));
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['gives a number', () => 7],
    ['gives an object without text', () => ({ speech: {} })],
    ['gives a promise', () => Promise.reject(new Error('async'))],
  ])('stays neutral and reports it when say %s', (_case, say) => {
    const { seen, onFault } = faults();
    expect(wordResult('t', { say: say as never }, result, onFault)).toEqual({ text: neutralLine('t') });
    expect(seen).toEqual([JobFaults.Wording]);
  });

  it('keeps the words when the speech plan does not fit', () => {
    const { seen, onFault } = faults();
    const say = () => ({ text: 'Shipped.', speech: { timing: 'soon' as never } });
    expect(wordResult('t', { say }, result, onFault)).toEqual({ text: 'Shipped.' });
    expect(seen).toEqual([JobFaults.SpeechPlan]);
  });
});

describe('wordFailure', () => {
  const end = thrownEnd(new Error('db password is 1234'), 3);

  it('asks the error, sayFailure, sayOnFailure, and then apologises', () => {
    const { onFault } = faults();
    const sayFailure = () => 'From the handler.';
    expect(wordFailure({ sayFailure }, 'From the tool.', { ...end, say: 'From the error.' }, onFault)?.text).toBe(
      'From the error.',
    );
    expect(wordFailure({ sayFailure }, 'From the tool.', end, onFault)?.text).toBe('From the handler.');
    expect(wordFailure({}, 'From the tool.', end, onFault)?.text).toBe('From the tool.');
    expect(wordFailure({}, undefined, end, onFault)?.text).toBe("I'm sorry, I could not complete that.");
  });

  it('tells sayFailure what happened', () => {
    const sayFailure = jest.fn((_failure: ToolFailure) => undefined);
    wordFailure({ sayFailure }, 'x', end, faults().onFault);
    expect(sayFailure).toHaveBeenCalledWith({
      outcome: 'failed',
      code: 'handler-failed',
      attempts: 3,
      error: end.error,
    });
  });

  it('goes on to the next words when sayFailure throws', () => {
    const { seen, onFault } = faults();
    const sayFailure = () => {
      throw new Error('no');
    };
    expect(wordFailure({ sayFailure }, 'From the tool.', end, onFault)?.text).toBe('From the tool.');
    expect(seen).toEqual([JobFaults.Wording]);
  });

  it('is silent where nobody waits for words', () => {
    const failure = { code: 'cancelled', message: '-', retryable: false };
    const silent = failedJob('cancelled', failure, 1, { isSilent: true });
    expect(wordFailure({}, 'From the tool.', silent, faults().onFault)).toBeUndefined();
  });
});

describe('thrownEnd', () => {
  it('keeps the text of an error out of the event', () => {
    const { failure } = thrownEnd(Object.assign(new TypeError('caller said 4711'), { code: 'ECONNRESET' }), 2);
    expect(failure).toEqual({
      code: 'handler-failed',
      message: 'The handler failed with TypeError ECONNRESET, and no attempt is left.',
      retryable: true,
    });
  });

  it.each([['a string'], [null], [undefined], [{ name: 'has blanks in it' }]])('copes with %j', (thrown) => {
    expect(thrownEnd(thrown, 1).failure.message).toContain('something that is not an error');
  });
});
