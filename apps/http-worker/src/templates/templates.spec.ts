import { describe, expect, it } from '@jest/globals';
import { parseTemplate } from './templates.js';

const scope = { arguments: { id: 'a/b?c', quote: 'say "hi"\\', n: 7, list: [1, 'x'] }, result: { status: 'shipped' } };

describe('parseTemplate', () => {
  it('fills in arguments and result', () => {
    expect(parseTemplate('{{ result.status }} {{ arguments.n }}').render(scope)).toBe('shipped 7');
  });

  it.each(['{{ result.nothing }}', '{{ nothing }}', '{{ arguments.id | shorten }}'])(
    'does not gloss over %s',
    (text) => {
      expect(() => parseTemplate(text).render(scope)).toThrow();
    },
  );

  it('lets a template ask for what may be missing', () => {
    expect(parseTemplate('{% if result.nothing %}yes{% else %}no{% endif %}').render(scope)).toBe('no');
    expect(parseTemplate('{{ result.nothing | default: "none" }}').render(scope)).toBe('none');
  });

  it('encodes for a url', () => {
    expect(parseTemplate('/{{ arguments.id }}?q={{ arguments.quote }}', { escaping: 'url' }).render(scope)).toBe(
      '/a%2Fb%3Fc?q=say%20%22hi%22%5C',
    );
  });

  it('keeps JSON whole, in quotes, bare and through the json filter', () => {
    const text =
      '{"a":"{{ arguments.quote }}","n":{{ arguments.n }},"l":{{ arguments.list }},"j":{{ arguments.quote | json }}}';
    expect(JSON.parse(parseTemplate(text, { escaping: 'json' }).render(scope))).toEqual({
      a: scope.arguments.quote,
      n: 7,
      l: [1, 'x'],
      j: scope.arguments.quote,
    });
  });

  it('escapes for XML', () => {
    expect(parseTemplate('<a>{{ arguments.x }}</a>', { escaping: 'xml' }).render({ arguments: { x: '</a>&"' } })).toBe(
      '<a>&lt;/a&gt;&amp;&quot;</a>',
    );
  });

  it('reads no files and no inherited properties', () => {
    expect(() => parseTemplate("{% include '/etc/passwd' %}").render(scope)).toThrow();
    expect(() => parseTemplate('{{ arguments.constructor }}').render(scope)).toThrow();
  });

  it('does not run for ever', () => {
    const endless = parseTemplate('{% for a in (1..100000000) %}{{ a }}{% endfor %}');
    expect(() => endless.render(scope)).toThrow(/limit exceeded/);
  });
});
