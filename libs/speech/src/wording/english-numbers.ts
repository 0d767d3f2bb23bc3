const SIZES = ['', 'thousand', 'million', 'billion', 'trillion'];

/**
 * Says an integer in groups: `12 thousand 345`. Any voice reads it right, and each number stays below Vapi's cutoff
 * for digits (2025).
 *
 * @param digits at most 15 digits
 */
export function readInteger(digits: string): string {
  const whole = digits.replace(/^0+(?=\d)/, '');
  const groups: string[] = [];
  for (let end = whole.length, size = 0; end > 0; end -= 3, size += 1) {
    const group = Number(whole.slice(Math.max(0, end - 3), end));
    if (group > 0) groups.unshift(size === 0 ? String(group) : `${group} ${SIZES[size] ?? ''}`);
  }
  return groups.length === 0 ? '0' : groups.join(' ');
}

const RANGE_NUMBER = '\\d{1,4}(?:\\.\\d{1,2})?';
const RANGE = new RegExp(
  `(?<![\\p{L}\\p{N}_.,:/–—-])(${RANGE_NUMBER})\\s?[-–—]\\s?(${RANGE_NUMBER})(?![\\p{Lu}\\p{N}]|[.,:/–—-][\\p{L}\\p{N}])`,
  'gu',
);
const GROUPED = /(?<![\p{L}\p{N}_.,:/])(\d{1,3}(?:,\d{3}){1,4})(\.\d{1,6})?(?![\p{L}\p{N}]|[.,:/]\d)/gu;

function readRange(match: string, from: string, to: string): string {
  const isLocalPhone = from.length === 3 && to.length === 4;
  const isPadded = /^0\d/.test(from) || /^0\d/.test(to);
  // A falling pair is a score or a season, not a range.
  return isLocalPhone || isPadded || Number(from) >= Number(to) ? match : `${from} to ${to}`;
}

/** Returns English text with ranges, signs, per cent, degrees and marked thousands in words. */
export function readEnglishNumbers(text: string): string {
  if (!/[-–—−+/%°~×*#]|\d,\d/.test(text)) return text;
  return text
    .replace(RANGE, readRange)
    .replace(/(?<![\p{L}\p{N}_.,:)/%–—-])[-−–](?=\d|\.\d)/gu, 'minus ')
    .replace(/(?<![\p{L}\p{N}_.,:)/%+])\+(?=\d)/gu, 'plus ')
    .replace(/(?<=\b(?:dollars?|euros?|pounds?|cents?|pence))\/(?=\p{Ll})/gu, ' per ')
    .replace(/(?<=\d)\s?%/g, ' percent')
    .replace(/(?<=\d)\s?°\s?C(?!\p{L})/gu, ' degrees Celsius')
    .replace(/(?<=\d)\s?°\s?F(?!\p{L})/gu, ' degrees Fahrenheit')
    .replace(/(?<=\d)\s?°/g, ' degrees')
    .replace(/(?<=^|[\s(])~\s?(?=\d)/g, 'about ')
    .replace(/(?<=\d)\s?[*×]\s?(?=\d)/g, ' times ')
    .replace(/(?<=^|[\s(])#\s?(?=\d)/g, 'number ')
    .replace(GROUPED, (match, whole: string, fraction: string | undefined) => {
      const digits = whole.replace(/,/g, '');
      // `12 thousand .5` would be two numbers.
      if (fraction !== undefined && digits.endsWith('000')) return match;
      return `${readInteger(digits)}${fraction ?? ''}`;
    });
}
