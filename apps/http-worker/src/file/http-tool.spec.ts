import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { PARAMETERS, toolsText as file } from '../testing/tools-text.js';
import { describeProblem } from './file-problem.js';
import { parseToolsFile } from './tools-file.js';

const ENV = { BACKEND_TOKEN: 't0p-secret' };

function problemsOf(text: string): string[] {
  return parseToolsFile(text, ENV).problems.map(describeProblem);
}

describe('a tool that does not fit', () => {
  it.each<[string, string, RegExp]>([
    ['a name of the gateway', file({ name: 'cancel_task' }), /name belongs to a tool that the gateway answers itself/],
    [
      'an argument that there is not',
      file({ parameters: PARAMETERS }, { url: "'https://b.example/{{ arguments.oderId }}'" }),
      /request\.url names arguments\.oderId, which parameters does not have; did you mean "orderId"\?/,
    ],
    [
      'one in the words',
      file({ parameters: PARAMETERS, say: "'{{ arguments.name }}'" }),
      /say names arguments\.name, which parameters does not have; known are orderId/,
    ],
    [
      'an answer in a request',
      file({}, { body: '"{{ result.x }}"' }),
      /request\.body names result: it can only name arguments, call/,
    ],
    [
      'a result that is not one',
      file({ say: "'{{ answer.x }}'" }),
      /say names answer: it can only name arguments, result/,
    ],
    [
      'a callback that is off',
      file({}, { query: "{ a: '{{ callback.url }}' }" }),
      /request\.query\.a names callback: it can only name arguments, call/,
    ],
    [
      'a secret in the words',
      file({ say: "'${BACKEND_TOKEN}'" }),
      /say is said to the caller: no environment variable/,
    ],
    [
      'a secret in the words of a failure',
      file({ response: "{ sayWhenFailed: '${BACKEND_TOKEN}' }" }),
      /response\.sayWhenFailed is said to the caller: no environment variable/,
    ],
    ['a number for a body', file({}, { body: '7' }), /request\.body must be a mapping, a list, or a text/],
    ['a body and a form', file({}, { body: '{}', form: '{ a: 1 }' }), /request\.form cannot go with body/],
    ['a form with GET', file({}, { method: 'GET', form: '{ a: 1 }' }), /request\.form cannot go with GET/],
    [
      'a form of another type',
      file({}, { form: '{ a: 1 }', headers: '{ content-type: application/json }' }),
      /request\.form goes out as a form, but content-type is another/,
    ],
    [
      'a mapping of another type',
      file({}, { body: '{ a: 1 }', headers: '{ content-type: text/plain }' }),
      /request\.body must be a text, but content-type is another/,
    ],
    ['a broken text in a body', file({}, { body: "{ a: [x, '{{'] }" }), /request\.body\.a\[1\] is no Liquid template/],
    [
      'a missing variable in a query',
      file({}, { query: "{ a: '${NOWHERE}' }" }),
      /request\.query\.a needs the environment/,
    ],
    ['a query of no mapping', file({}, { query: 'a=b' }), /request\.query must be a mapping/],
    ['a broken header template', file({}, { headers: "{ a: '{{' }" }), /request\.headers\.a is no Liquid template/],
    [
      'another format',
      file({}, { format: 'soap' }),
      /request\.format must be one of the following values: plain, vapi/,
    ],
    [
      'a body with the format of Vapi',
      file({}, { format: 'vapi', body: '{}' }),
      /request\.body cannot go with format: vapi/,
    ],
    ['GET with the format of Vapi', file({}, { format: 'vapi', method: 'GET' }), /request\.method must be POST/],
    [
      'a request longer than the tool',
      file({ timeoutMs: '1000' }, { timeoutMs: '2000' }),
      /request\.timeoutMs must not be longer than the timeoutMs of the tool, 1000/,
    ],
    ['a path that is none', file({ response: '{ pick: a..b }' }), /response\.pick must be a path like data\.order/],
    [
      'a misspelt key in response',
      file({ response: '{ failsWhen: x }' }),
      /response\.failsWhen is not a known key; did you mean "failWhen"\?/,
    ],
    ['a text for a callback', file({ callback: 'later' }), /callback must be true, false or a mapping/],
    [
      'a misspelt key in callback',
      file({ callback: '{ acceptStatus: [200] }' }),
      /callback\.acceptStatus is not a known key; did you mean "acceptStatuses"\?/,
    ],
    ['a status of a failure', file({ callback: '{ acceptStatuses: [500] }' }), /callback\.acceptStatuses each value/],
    [
      'a status twice',
      file({ callback: '{ acceptStatuses: [202, 202] }' }),
      /callback\.acceptStatuses has a status twice/,
    ],
    [
      'a header of ours for a callback',
      file({ callback: '{ header: Host }' }),
      /callback\.header is set by the worker/,
    ],
    [
      'a header twice',
      file({ callback: '{ header: x-a }' }, { headers: '{ X-A: b }' }),
      /callback\.header stands in request\.headers too/,
    ],
    ['a mode that is none', file({ mode: 'later' }), /mode must be one of the following values: async, sync/],
    ['a template for the start', file({ sayOnStart: "'{{ x }}'" }), /sayOnStart is said as it is/],
    ['duplicates of no kind', file({ duplicates: 'never' }), /duplicates must be allow, reject or a mapping/],
    ['a scope that is none', file({ duplicates: '{ by: caller }' }), /duplicates\.by must be one of/],
    [
      'a misspelt key in duplicates',
      file({ duplicates: '{ afterMs: 1 }' }),
      /duplicates\.afterMs is not a known key; known are by, afterSuccessMs/,
    ],
    ['a limit without its time', file({ rateLimit: '{ limit: 5 }' }), /rateLimit\.perMs is missing/],
    ['no job per call', file({ concurrencyPerCall: '0' }), /concurrencyPerCall must not be less than 1/],
    [
      'a static argument that is no argument',
      file({ parameters: PARAMETERS, staticArguments: "{ orderID: '{{ customer.number }}' }" }),
      /staticArguments\.orderID is no argument of the tool; did you mean "orderId"\?/,
    ],
    [
      'a static argument of no text',
      file({ parameters: PARAMETERS, staticArguments: '{ orderId: 5 }' }),
      /staticArguments\.orderId must be a text of 1 to 500/,
    ],
    ['a title that is none', file({ title: '[1]' }), /title must be/],
  ])('%s', (_case, text, expected) => {
    expect(parseToolsFile(text, ENV).tools).toEqual([]);
    expect(problemsOf(text).join('\n')).toMatch(expected);
  });
});

describe('the names of arguments', () => {
  it.each(['additionalProperties: true', 'allOf: [{}]', 'patternProperties: {}'])(
    'may name any argument where the schema leaves them open by %s',
    (opening) => {
      const parameters = `{ type: object, properties: { orderId: {} }, ${opening} }`;
      expect(problemsOf(file({ parameters, say: "'{{ arguments.other }}'" }))).toEqual([]);
    },
  );
});
