import { describe, expect, it } from '@jest/globals';
import { aToolDefinition } from '@interject/testing';
import { desiredTool } from './desired-tool.js';
import { hasDrift, planTools } from './plan-tools.js';
import { functionTools } from './remote-tool.js';
import { wantedTools } from './wanted-tool.js';

const settings = { webhookUrl: 'https://interject.example.com/vapi/webhook' };
const wanted = wantedTools([aToolDefinition()], { withCallerTools: false });
const desired = desiredTool(wanted[0] as never, settings);
const elsewhere = { url: 'https://user:secret@old.example/hook' };

const remote = (...tools: readonly object[]) => functionTools(tools.map((tool) => ({ type: 'function', ...tool })));
const planOf = (tools: ReturnType<typeof remote>, adopt = true) => planTools(wanted, tools, settings, { adopt });

describe('planTools', () => {
  it('creates what is not there', () => {
    const plan = planOf([]);
    expect(plan.tools).toMatchObject([{ action: 'create', name: 'build_report', notes: [] }]);
    expect(hasDrift(plan, { prune: false })).toBe(true);
  });

  it('leaves alone what is as it shall be', () => {
    const plan = planOf(remote({ ...desired, id: 'b' }));
    expect(plan.tools).toMatchObject([{ action: 'unchanged', remote: { id: 'b' }, differences: [] }]);
    expect(hasDrift(plan, { prune: true })).toBe(false);
  });

  it('updates a tool of ours', () => {
    const plan = planOf(remote({ ...desired, id: 'b', async: false }));
    expect(plan.tools).toMatchObject([{ action: 'update', differences: [{ field: 'async' }] }]);
  });

  it('adopts a tool of the same name, the smallest id of several, and says so without a secret', () => {
    const plan = planOf(remote({ ...desired, id: 'c', server: elsewhere }, { ...desired, id: 'b', server: null }));
    expect(plan.tools).toMatchObject([{ action: 'adopt', remote: { id: 'b' } }]);
    expect(plan.tools[0]?.notes).toEqual([
      'taken over from (none)',
      '2 tools have this name: b is taken, c left alone',
    ]);
    expect(plan.unmanaged).toBe(1);
    const [one] = planOf(remote({ ...desired, id: 'c', server: elsewhere })).tools;
    expect(one?.notes).toEqual(['taken over from https://old.example/hook']);
  });

  it('prefers its own tool to an older one of another installation', () => {
    const plan = planOf(remote({ ...desired, id: 'a', server: elsewhere }, { ...desired, id: 'z' }));
    expect(plan.tools).toMatchObject([{ action: 'unchanged', remote: { id: 'z' }, notes: [] }]);
  });

  it('takes nothing over if it shall not', () => {
    const plan = planOf(remote({ ...desired, id: 'a', server: elsewhere }), false);
    expect(plan.tools).toMatchObject([
      { action: 'create', notes: ['beside a of the same name at https://old.example/hook'] },
    ]);
  });

  it('knows as stale only what has our webhook and no wanted name, and nothing of other kinds', () => {
    const tools = remote(
      { ...desired, id: 'a' },
      { ...desired, id: 'b', function: { name: 'gone' } },
      { ...desired, id: 'c', function: { name: 'others' }, server: elsewhere },
      { id: 'd', function: { name: 'no_server' } },
      { ...desired, id: 'e', type: 'apiRequest', function: { name: 'api' } },
    );
    const plan = planOf(tools);
    expect(plan.stale.map(({ id }) => id)).toEqual(['b']);
    expect(plan.unmanaged).toBe(2);
    expect(hasDrift(plan, { prune: false })).toBe(false);
    expect(hasDrift(plan, { prune: true })).toBe(true);
  });
});
