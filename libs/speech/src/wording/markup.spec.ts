import { describe, expect, it } from '@jest/globals';
import { withoutTags } from './html.js';
import { withoutMarkdown } from './markdown.js';

describe('withoutTags', () => {
  it.each([
    ['tags and entities', 'Hello <b>Jo</b> &amp; co &#8364;', 'Hello Jo & co €'],
    ['blocks as lines', '<p>One</p><p>Two</p>', '\n\nOne\n\n\n\nTwo\n\n'],
    ['cells', '<tr><td>a</td><td>b</td></tr>', '\n\n a,  b, \n\n'],
    ['lists and breaks', 'a<br/>b<ul><li>c</li></ul>', 'a\nb\n\n\n• c\n\n\n\n'],
    ['scripts, styles and comments', 'a<script>x("<b>")</script>b<style>p{}</style>c<!-- no -->d', 'a b c d'],
    ['a script without an end', 'a <script>b', 'a b'],
    ['speech markup', '<speak>Wait<break time="1s"/>please</speak>', 'Wait, please'],
    ['an address in brackets', 'See <https://a.io/x> or <mailto:jo@a.io>', 'See https://a.io/x or jo@a.io'],
    ['signs that are no tags', 'a < b, 5 <6, I <3 you, x <y and z> w', 'a < b, 5 <6, I <3 you, x <y and z> w'],
    ['attributes', '<a href="https://x.com/?a=1&region=2" disabled>page</a>', 'page'],
    ['what only looks like an entity', 'https://x.com/?a=1&region=2', 'https://x.com/?a=1&region=2'],
  ])('%s', (_what, text, plain) => {
    expect(withoutTags(text)).toBe(plain);
  });
});

describe('withoutMarkdown', () => {
  it.each([
    ['a heading', '## Order update ##\n\nIt shipped.', 'Order update. It shipped.'],
    ['bold, italics, strike, code', '**a** __b__ *c* _d_ ~~e~~ `f`', 'a b c d e f'],
    ['underscores within words', 'the order_id is set', 'the order_id is set'],
    ['links and pictures', '![logo](a.png) [our page](https://x.com/a_(b) "t") [ref][1]', 'logo our page ref'],
    ['a list of short items', 'You get:\n- Shirt\n- Hat\n* [x] Shoes', 'You get: Shirt, Hat, Shoes'],
    ['a numbered list', '1. Milk\n2. Eggs', 'Milk, Eggs'],
    ['a lone number at the start', '5. November is fine', '5. November is fine'],
    ['items that are sentences', `- ${'a long item '.repeat(6)}\n- B`, `${'a long item '.repeat(6).trim()}. B`],
    ['a table', '| Item | Price |\n|---|:-:|\n| Shirt | 12 |\n| Hat | 9 |', 'Item, Price; Shirt, 12; Hat, 9'],
    ['quotes and rules', '> Hello\n---\n> > World', 'Hello. World'],
    ['a fence', '```\nrun it\n```', 'run it'],
    ['a wrapped line', 'The order\nis ready', 'The order is ready'],
    ['lines', 'One\nTwo!\nThree', 'One. Two! Three'],
    ['paragraphs', 'one\n\ntwo', 'one. two'],
    ['powers', '2**3, 2 ** 3, 5 **3**, **10**5', '2^3, 2^3, 5 3, 105'],
    ['a comparison at the start', '>= 5', '>= 5'],
    ['a minus', '- 5 degrees', '-5 degrees'],
    ['escapes', '\\*not bold\\*', 'not bold'],
  ])('%s', (_what, text, plain) => {
    expect(withoutMarkdown(text)).toBe(plain);
  });
});
