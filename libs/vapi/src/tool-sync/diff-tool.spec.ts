import { describe, expect, it } from '@jest/globals';
import { DEFAULT_START_TEXT } from '@interject/contracts';
import { aToolDefinition } from '@interject/testing';
import fc from 'fast-check';
import type { JsonObject } from '../json-reader.js';
import { desiredTool } from './desired-tool.js';
import { diffTool, patchOf } from './diff-tool.js';
import { wantedTools } from './wanted-tool.js';
import type { WantedTool } from './wanted-tool.js';

const WEBHOOK = 'https://interject.example.com/vapi/webhook';
const settings = { webhookUrl: WEBHOOK, credentialId: 'cred-1' };

function wanted(over: Parameters<typeof aToolDefinition>[0] = {}): WantedTool {
  const [tool] = wantedTools([aToolDefinition(over)], { withCallerTools: false });
  if (tool === undefined) throw new Error('no tool');
  return tool;
}

/** As Vapi shows a tool: other order of keys, nulls and fields that nobody sent. */
function echoed(value: unknown, noise: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => echoed(item, noise));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, echoed(inner, noise)]),
  );
}

function echo(desired: object, noise = false): JsonObject {
  const tool = echoed(desired, noise) as Record<string, Record<string, unknown>>;
  return noise
    ? {
        ...tool,
        id: '1',
        type: 'function',
        isDeleted: false,
        latestVersion: null,
        rejectionPlan: null,
        server: { ...tool['server'], staticIpAddressesEnabled: false, headers: null },
      }
    : tool;
}

const definitions = fc.record(
  {
    description: fc.string({ minLength: 1, maxLength: 50 }),
    mode: fc.constantFrom('async' as const, 'sync' as const),
    graceMs: fc.integer({ min: 0, max: 15_000 }),
    sayOnStart: fc.string({ minLength: 1, maxLength: 50 }),
    staticArguments: fc.constantFrom({ region: '{{ a }}' }, { phone: '{{ b }}', region: 'x' }),
    parameters: fc.constantFrom(
      { type: 'object', properties: {} },
      { type: 'object', properties: { region: { type: 'string' }, n: { type: 'integer' } }, required: ['region'] },
      { type: 'object', properties: { list: { type: 'array', items: { type: 'object', properties: {} } } } },
    ),
  },
  { requiredKeys: [] },
);

describe('the desired tool', () => {
  it('of an async one says one line at once, and is given up soon', () => {
    expect(desiredTool(wanted(), settings)).toEqual({
      async: true,
      function: {
        name: 'build_report',
        description: 'Builds the sales report of a region.',
        parameters: {
          type: 'object',
          properties: { region: { type: 'string' } },
          required: ['region'],
          additionalProperties: false,
        },
        strict: true,
      },
      server: {
        url: WEBHOOK,
        credentialId: 'cred-1',
        timeoutSeconds: 10,
        backoffPlan: {
          type: 'exponential',
          maxRetries: 3,
          baseDelaySeconds: 1,
          excludedStatusCodes: [400, 401, 403, 404, 413, 422],
        },
      },
      messages: [{ type: 'request-complete', role: 'assistant', content: DEFAULT_START_TEXT }],
      parameters: [],
    });
  });

  it('of a sync one is silent by an empty line, and outlasts the grace window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 15_000 }), (graceMs) => {
        const desired = desiredTool(wanted({ mode: 'sync', graceMs }), settings);
        expect(desired.async).toBe(false);
        expect(desired.messages).toEqual([{ type: 'request-start', content: '' }]);
        expect(desired.server.timeoutSeconds * 1000).toBeGreaterThanOrEqual(graceMs + 5000);
      }),
    );
  });

  it('hides static arguments from the model and hands them to Vapi', () => {
    const parameters = {
      type: 'object',
      properties: { region: { type: 'string' }, phone: { type: 'string' } },
      required: ['region', 'phone'],
    };
    const desired = desiredTool(wanted({ parameters, staticArguments: { phone: '{{ customer.number }}' } }), settings);
    expect(Object.keys(desired.function.parameters.properties)).toEqual(['region']);
    expect(desired.function.parameters.required).toEqual(['region']);
    expect(desired.parameters).toEqual([{ key: 'phone', value: '{{ customer.number }}' }]);
  });

  it('has caller tools that are sync, and no two tools of one name', () => {
    const all = wantedTools([aToolDefinition()], { withCallerTools: true });
    expect(all.map(({ name, mode }) => [name, mode])).toEqual([
      ['build_report', 'async'],
      ['cancel_task', 'sync'],
      ['list_running_tasks', 'sync'],
    ]);
    expect(() => wantedTools([aToolDefinition(), aToolDefinition()], { withCallerTools: false })).toThrow(
      'build_report is defined twice',
    );
    expect(() => wantedTools([aToolDefinition({ name: 'cancel_task' })], { withCallerTools: false })).toThrow(
      'cancel_task is a tool of the gateway',
    );
  });
});

describe('diffTool', () => {
  it('finds nothing in what Vapi echoes, whatever it adds', () => {
    fc.assert(
      fc.property(definitions, fc.boolean(), (over, noise) => {
        const desired = desiredTool(wanted(over), settings);
        expect(diffTool(echo(desired, noise), desired)).toEqual([]);
      }),
    );
  });

  it('finds what differs between any two tools, and the patch mends it', () => {
    fc.assert(
      fc.property(definitions, definitions, (before, after) => {
        const raw = echo(desiredTool(wanted(before), { webhookUrl: 'https://old.example/hook' }), true);
        const desired = desiredTool(wanted(after), settings);
        const found = diffTool(raw, desired);
        expect(found.map(({ field }) => field)).toContain('server.url');
        const patched = { ...raw, ...patchOf(raw, desired, found) };
        expect(diffTool(patched, desired)).toEqual([]);
        expect(patchOf(raw, desired, found)).not.toHaveProperty('type');
      }),
    );
  });

  it('names each field, and patches only the fields that differ, each as a whole', () => {
    const desired = desiredTool(wanted(), settings);
    const raw = {
      ...echo(desired),
      async: null,
      server: { ...desired.server, timeoutSeconds: 20, staticIpAddressesEnabled: true },
    };
    const found = diffTool(raw, desired);
    expect(found).toEqual([
      { field: 'async', from: 'false', to: 'true' },
      { field: 'server.timeoutSeconds', from: '20', to: '10' },
    ]);
    expect(patchOf(raw, desired, found)).toEqual({
      async: true,
      server: { ...desired.server, staticIpAddressesEnabled: true },
    });
  });

  it('takes a missing additionalProperties for false, and not for true', () => {
    const desired = desiredTool(wanted(), settings);
    const { additionalProperties: _, ...open } = desired.function.parameters;
    const withParameters = (parameters: object): JsonObject => ({
      ...desired,
      function: { ...desired.function, parameters },
    });
    expect(diffTool(withParameters(open), desired)).toEqual([]);
    expect(diffTool(withParameters({ ...open, additionalProperties: true }), desired)).toMatchObject([
      { field: 'function.parameters.additionalProperties', from: 'true', to: '(none)' },
    ]);
  });

  it('finds what somebody else added: a property, a message, a call that ends', () => {
    const desired = desiredTool(wanted(), settings);
    const [start] = desired.messages;
    const properties = { ...desired.function.parameters.properties, more: { type: 'string' } };
    const parameters = { ...desired.function.parameters, properties };
    const raw = {
      ...desired,
      function: { ...desired.function, parameters },
      messages: [{ ...start, endCallAfterSpokenEnabled: true }],
    };
    expect(diffTool(raw, desired).map(({ field }) => field)).toEqual([
      'function.parameters.properties.more',
      'messages[0].endCallAfterSpokenEnabled',
    ]);
    expect(diffTool({ ...desired, messages: [start, start] }, desired).map(({ field }) => field)).toEqual(['messages']);
  });

  it('never shows secrets: arguments, tokens in URLs', () => {
    const desired = desiredTool(wanted({ staticArguments: { region: 'tok-new' } }), settings);
    const raw = {
      ...desired,
      server: { ...desired.server, url: 'https://user:tok-old@old.example/hook?key=tok-old' },
      parameters: [{ key: 'region', value: 'tok-old' }],
    };
    const shown = JSON.stringify([diffTool(raw, desired), diffTool({ ...raw, parameters: [] }, desired)]);
    expect(shown).not.toMatch(/tok-/);
    expect(shown).toContain('https://old.example/hook?***');
  });

  it.each([
    [{ secret: 's', headers: { authorization: 'x' }, url: WEBHOOK }, settings, true],
    [{ secret: 's', headers: { authorization: 'x' }, url: 'https://old.example' }, settings, false],
    [{ secret: 's', headers: { authorization: 'x' }, url: 'https://old.example' }, { webhookUrl: WEBHOOK }, true],
  ])('keeps what proves who asks where it still does: %j', (server, given, isKept) => {
    const desired = desiredTool(wanted(), given);
    const raw = { ...desired, server };
    const patch = patchOf(raw, desired, diffTool(raw, desired));
    expect('secret' in (patch['server'] as object)).toBe(isKept);
    expect('headers' in (patch['server'] as object)).toBe(isKept);
  });
});
