/** How a caller would call a tool without a title: `build_report` and `buildReport` are `build report`. */
export function titleOfName(name: string): string {
  const words = name.replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').replaceAll(/[_-]+/g, ' ');
  const title = words.replaceAll(/\s+/g, ' ').trim().toLowerCase();
  return title === '' ? name : title;
}
