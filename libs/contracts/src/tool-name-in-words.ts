/** The name of a tool as it is spoken: `build_report` and `buildReport` are `build report`. Empty if it holds no word. */
export function toolNameInWords(name: string): string {
  const words = name.replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').split(/[\s_-]+/);
  return words.filter(Boolean).join(' ').toLowerCase();
}
