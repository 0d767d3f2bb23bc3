/** So many characters are said in one go. */
const MAX_UNGROUPED = 5;

/** Characters one by one with a pause after three or four: `A B 1 2, C D 3 4`. */
export function spell(characters: string): string {
  const length = characters.length;
  // All groups of four but as few of three, first, as make it come out even.
  const threes = (4 - (length % 4)) % 4;
  const groups: string[] = [];
  for (let at = 0; at < length;) {
    const size = length <= MAX_UNGROUPED ? length : groups.length < threes ? 3 : 4;
    groups.push(Array.from(characters.slice(at, at + size).toUpperCase()).join(' '));
    at += size;
  }
  return groups.join(', ');
}
