import type { ScenarioNode } from './scenario-node.js';
import { ID_STYLES, TOOL_CALL_LISTS, type Shape } from './shape.types.js';

const KEYS: readonly (keyof Shape)[] = [
  'arguments',
  'toolCall',
  'lists',
  'timestamp',
  'monitor',
  'chat',
  'nullEntries',
  'squad',
  'legacyFunctionCall',
  'secrets',
  'bodyBytes',
  'ids',
];

/** Reads `shape`; what it leaves out is taken from `base`. */
export function parseShape(node: ScenarioNode, base: Shape): Shape {
  if (node.missing) return base;
  node.mapping(KEYS);
  const flag = (key: keyof Shape, otherwise: boolean): boolean => node.at(key).optional((n) => n.boolean(), otherwise);
  return {
    arguments: node.at('arguments').optional((n) => n.oneOf(['object', 'string', 'broken-string']), base.arguments),
    toolCall: node
      .at('toolCall')
      .optional((n) => n.oneOf(['nested', 'flat-arguments', 'flat-parameters']), base.toolCall),
    lists: node
      .at('lists')
      .optional(
        (n) => n.list(`a list of ${TOOL_CALL_LISTS.join(', ')}`, (item) => item.oneOf(TOOL_CALL_LISTS)),
        base.lists,
      ),
    timestamp: node.at('timestamp').optional((n) => n.oneOf(['number', 'iso']), base.timestamp),
    monitor: flag('monitor', base.monitor),
    chat: flag('chat', base.chat),
    nullEntries: flag('nullEntries', base.nullEntries),
    squad: flag('squad', base.squad),
    legacyFunctionCall: flag('legacyFunctionCall', base.legacyFunctionCall),
    secrets: flag('secrets', base.secrets),
    bodyBytes: node
      .at('bodyBytes')
      .optional(
        (n) => n.number('a number of bytes up to 20000000', { max: 20_000_000, integer: true }),
        base.bodyBytes,
      ),
    ids: node.at('ids').optional((n) => n.oneOf(ID_STYLES), base.ids),
  };
}
