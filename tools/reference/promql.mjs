/** What a query selects: a metric, and the labels it names of it. */
/** @typedef {{ metric: string, labels: readonly string[] }} Selection */

const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'by', 'without', 'on', 'ignoring', 'inf', 'nan']);
const CLAUSE = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;

/**
 * The metrics of a PromQL query, as far as our own queries go: it is no parser, Prometheus itself is asked by a slow test.
 * @param {string} query
 * @returns {Selection[]}
 */
export function selections(query) {
  const text = query.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(CLAUSE, ' ');
  const found = text.matchAll(/([a-zA-Z_:][\w:]*)\s*(\{[^}]*\}|\()?/g);
  return [...found].flatMap(([, metric = '', rest = '']) => {
    if (rest === '(' || WORDS.has(metric.toLowerCase()) || isPartOfNumber(text, metric)) return [];
    return [{ metric, labels: [...rest.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label) }];
  });
}

/** Labels that a query groups or matches by. @param {string} query */
export function groupings(query) {
  const clauses = [...query.matchAll(CLAUSE)];
  return clauses.flatMap(([, labels = '']) => labels.split(',').map((label) => label.trim())).filter(Boolean);
}

/** Units of durations (`5m`), and Grafana's variables (`$__range`). @param {string} text @param {string} word */
function isPartOfNumber(text, word) {
  return new RegExp(String.raw`(?:\d|\$)${word}\b`).test(text);
}
