import { toolNameInWords } from '@interject/contracts';

/** How a caller would call a tool without a title: its name in words, if there are any in it. */
export function titleOfName(name: string): string {
  const words = toolNameInWords(name);
  return words === '' ? name : words;
}
