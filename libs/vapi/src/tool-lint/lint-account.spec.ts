import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { aToolDefinition } from '@interject/testing';
import type { JsonObject } from '../json-reader.js';
import { remoteAssistant } from '../tool-sync/assistant.js';
import { desiredTool } from '../tool-sync/desired-tool.js';
import { wantedTools } from '../tool-sync/wanted-tool.js';
import { FindingCodes } from './finding.types.js';
import { lintAccount } from './lint-account.js';

const settings = {
  webhookUrl: 'https://interject.example.com/vapi/webhook',
  credentialId: 'cred-1',
  hasPublicKey: false,
};
const definition = aToolDefinition({ timeoutMs: 20_000 });

interface Scene {
  readonly definition?: Parameters<typeof aToolDefinition>[0];
  readonly tool?: object;
  readonly more?: readonly object[];
  readonly assistant?: object;
  readonly model?: object;
  readonly named?: boolean;
  readonly hasPublicKey?: boolean;
  readonly withCallerTools?: boolean;
}

/** Codes of the findings about an account that is in order but for what the scene says. */
function findings(scene: Scene) {
  const wanted = wantedTools([{ ...definition, ...scene.definition }], {
    withCallerTools: scene.withCallerTools ?? false,
  });
  const [first] = wanted;
  if (first === undefined) throw new Error('no tool');
  const tool: JsonObject = { ...desiredTool(first, settings), id: 't1', type: 'function', ...scene.tool };
  const assistant = remoteAssistant({
    id: 'a1',
    name: 'Desk',
    server: { url: settings.webhookUrl, credentialId: 'cred-1' },
    ...scene.assistant,
    model: { provider: 'openai', model: 'x', toolIds: ['t1'], ...scene.model },
  });
  if (assistant === undefined) throw new Error('no assistant');
  return lintAccount({
    wanted,
    tools: [tool, ...(scene.more ?? []).map((other) => ({ ...tool, ...other }))],
    assistants: [assistant],
    named: new Set(scene.named === true ? ['a1'] : []),
    settings: { ...settings, hasPublicKey: scene.hasPublicKey ?? false },
  });
}

const ALL = [
  'tool-calls',
  'status-update',
  'speech-update',
  'user-interrupted',
  'end-of-call-report',
  'assistant.started',
];
const start = { type: 'request-complete', content: 'I am on it.' };

describe('lintAccount', () => {
  it('finds nothing where all is in order', () => {
    expect(findings({})).toEqual([]);
    expect(
      findings({ named: true, assistant: { serverMessages: ALL, monitorPlan: { controlEnabled: true } } }),
    ).toEqual([]);
  });

  const cases: readonly (readonly [string, Scene])[] = [
    ['warning message-never-plays', { tool: { messages: [start, { type: 'request-start', content: 'Hold on' }] } }],
    ['warning message-never-plays', { tool: { messages: [start, { type: 'request-failed' }] } }],
    ['warning message-never-plays', { tool: { messages: [start, { type: 'request-response-delayed' }] } }],
    ['error start-text-missing', { tool: { messages: null } }],
    ['warning start-text-sounds-done', { tool: { messages: [{ ...start, content: 'It is booked.' }] } }],
    ['warning start-text-sounds-done', { tool: { messages: [{ ...start, contents: [{ text: 'Done.' }] }] } }],
    ['error description-too-long', { tool: { function: { name: 'build_report', description: 'x'.repeat(1001) } } }],
    ['warning tool-without-credential', { tool: { server: { url: settings.webhookUrl, backoffPlan: {} } } }],
    ['warning tool-without-retries', { tool: { server: { url: settings.webhookUrl, secret: 's' } } }],
    ['warning tool-not-wanted', { more: [{ id: 't2', function: { name: 'gone' } }] }],
    ['warning tool-name-twice', { more: [{ id: 't2' }] }],
    ['error static-argument-unknown', { definition: { staticArguments: { phone: 'x' } } }],
    ['info schema-looser', { definition: { parameters: { type: 'object', properties: { a: { type: 'string' } } } } }],
    ['error server-message-missing', { assistant: { serverMessages: ALL.slice(1) } }],
    ['error server-message-missing', { assistant: { serverMessages: [] } }],
    ['error server-message-forbidden', { assistant: { serverMessages: [...ALL, 'phone-call-control'] } }],
    ['warning assistant-server-missing', { assistant: { server: null } }],
    ['error assistant-server-elsewhere', { assistant: { server: { url: 'https://other.example' } } }],
    ['warning assistant-server-credential', { assistant: { server: { url: settings.webhookUrl } } }],
    ['error control-disabled', { assistant: { monitorPlan: { controlEnabled: false } } }],
    ['error control-key-missing', { assistant: { monitorPlan: { controlAuthenticationEnabled: true } } }],
    ['warning silence-timeout-short', { definition: { timeoutMs: 31_000 } }],
    ['warning silence-timeout-short', { assistant: { silenceTimeoutSeconds: 10 } }],
    ['warning max-duration-short', { assistant: { maxDurationSeconds: 10, silenceTimeoutSeconds: 3600 } }],
    ['error attached-tool-missing', { model: { toolIds: ['t1', 'nobody'] } }],
    ['error tool-not-attached', { named: true, model: { toolIds: [] } }],
    ['warning tool-pinned', { model: { toolIds: [], toolRefs: [{ toolId: 't1', version: 'v1' }] } }],
  ];
  it.each(cases)('says %s and nothing else for %j', (expected, scene) => {
    expect(findings(scene).map(({ severity, code }) => `${severity} ${code}`)).toEqual([expected]);
  });

  it('holds against nobody what is right', () => {
    expect(
      findings({ hasPublicKey: true, assistant: { monitorPlan: { controlAuthenticationEnabled: true } } }),
    ).toEqual([]);
    expect(
      findings({ definition: { timeoutMs: 31_000, fillers: { texts: ['hm'], afterMs: 1000, everyMs: 1000, max: 1 } } }),
    ).toEqual([]);
    expect(findings({ definition: { timeoutMs: 31_000, mode: 'sync' } })).toEqual([]);
  });

  it('looks at an assistant without tools of ours only if it is named', () => {
    const scene = { model: { toolIds: [] }, assistant: { monitorPlan: { controlEnabled: false } } };
    expect(findings(scene)).toEqual([]);
    expect(findings({ ...scene, named: true }).map(({ code }) => code)).toEqual([
      'control-disabled',
      'tool-not-attached',
    ]);
  });

  it('looks at a tool inside an assistant as well', () => {
    const inline = {
      type: 'function',
      async: true,
      function: { name: 'build_report' },
      server: { url: 'https://x.example' },
    };
    const found = findings({ model: { toolIds: [], tools: [inline, { type: 'endCall' }] } });
    expect(found.map(({ code }) => code)).toEqual([
      'start-text-missing',
      'tool-inline',
      'tool-without-credential',
      'tool-without-retries',
    ]);
    expect(found[0]?.where).toBe('assistant Desk (a1), inline tool build_report');
  });

  it('wants caller tools to be sync', () => {
    const found = findings({
      withCallerTools: true,
      more: [{ id: 't2', async: true, function: { name: 'cancel_task' }, messages: [start] }],
    });
    expect(found.map(({ code }) => code)).toEqual(['caller-tool-async']);
  });

  it('tells the worst first, and each what to do', () => {
    const found = findings({
      tool: { messages: [] },
      definition: { timeoutMs: 31_000, parameters: { type: 'object', properties: { a: { type: 'string' } } } },
    });
    expect(found.map(({ severity }) => severity)).toEqual(['error', 'warning', 'info']);
    for (const { fix, problem, where } of found)
      expect([fix, problem, where].every((text) => text.length > 5)).toBe(true);
  });

  it('is described in the guide, code by code, with its severity', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guides/vapi-tools.md'), 'utf8');
    const rows = [...guide.matchAll(/^\| `([a-z-]+)` +\| (error|warning|info) /gm)].map(([, code, severity]) => [
      code,
      severity,
    ]);
    expect(rows.map(([code]) => code).sort()).toEqual(Object.values(FindingCodes).sort());
    const played = cases.map(([expected]) => expected.split(' ').reverse());
    expect(rows).toEqual(expect.arrayContaining(played));
  });
});
