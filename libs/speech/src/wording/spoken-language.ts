/** The language in which text is put, as the parts of this folder want it. */
export interface SpokenLanguage {
  /** A tag that Intl knows, e.g. `en` or `de-AT`. */
  readonly tag: string;
  /** Words of our own ("to", "dot", "ending in") are English: other languages get what Intl says, nothing else. */
  readonly isEnglish: boolean;
  /** The region of the tag, e.g. `CA` of `en-CA`. */
  readonly region: string | undefined;
}

/**
 * Letters of scripts with spaces between words, for character classes: after one of these a number is a part of a
 * word. In Chinese, Japanese, Korean and Thai it stands beside the words.
 */
export const LETTERS = '\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}';

const FALLBACK: SpokenLanguage = { tag: 'en', isEnglish: true, region: undefined };

/** Tags come with plans: a bound keeps odd ones from filling the memory. */
const MAX_CACHED = 200;

function remembered<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, made);
  return made;
}

const languages = new Map<string, SpokenLanguage>();
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** Returns the language of a BCP 47 tag; English for one that Intl does not know, or that is no tag. */
export function spokenLanguage(tag: string): SpokenLanguage {
  return remembered(languages, tag, () => {
    try {
      const [known] = Intl.NumberFormat.supportedLocalesOf(tag);
      if (known === undefined) return FALLBACK;
      const { language, region } = new Intl.Locale(known);
      return { tag: known, isEnglish: language === 'en', region };
    } catch {
      // A RangeError: no tag at all.
      return FALLBACK;
    }
  });
}

/** A number format, made once per language and options: making one takes longer than using it. */
export function numberFormat(language: SpokenLanguage, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language.tag} ${JSON.stringify(options)}`;
  return remembered(numberFormats, key, () => new Intl.NumberFormat(language.tag, options));
}

/** A date format in UTC (the caller shifts the time), or in `timeZone`; undefined for an unknown zone. */
export function dateFormat(
  language: SpokenLanguage,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat | undefined {
  const key = `${language.tag} ${JSON.stringify(options)}`;
  try {
    return remembered(dateFormats, key, () => new Intl.DateTimeFormat(language.tag, { timeZone: 'UTC', ...options }));
  } catch {
    // A RangeError: the time zone has no such name.
    return undefined;
  }
}
