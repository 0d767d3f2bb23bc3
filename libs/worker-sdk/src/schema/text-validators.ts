import type { JsonSchema, ValidatorMeaning, ValidatorRule } from './json-schema.types.js';

const DEFAULT_LOCALE = 'en-US';

function text(schema: JsonSchema, words?: string): ValidatorRule {
  return { kind: 'string', schema, ...(words !== undefined && { words }) };
}

const always =
  (schema: JsonSchema, words?: string): ValidatorMeaning =>
  () =>
    text(schema, words);

/** JSON Schema has no word for it. */
const inWords =
  (words: string): ValidatorMeaning =>
  () =>
    text({}, words);

function escaped(literal: unknown): string {
  return String(literal).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Flags, and expressions that only run without the flag `u`, cannot be said: Ajv compiles with it. */
function matches([pattern, modifiers]: readonly unknown[]): ValidatorRule {
  const given =
    pattern instanceof RegExp ? pattern : new RegExp(String(pattern), typeof modifiers === 'string' ? modifiers : '');
  const isPlain = given.flags.replace(/[gu]/g, '') === '';
  try {
    if (isPlain) return text({ pattern: new RegExp(given.source, 'u').source });
  } catch {
    // Not valid with `u`.
  }
  return text({}, `matches ${String(given)}`);
}

function length([min, max]: readonly unknown[]): ValidatorRule {
  return text({
    ...(typeof min === 'number' && min > 0 && { minLength: min }),
    ...(typeof max === 'number' && { maxLength: max }),
  });
}

function byteLength([min, max]: readonly unknown[]): ValidatorRule {
  const least = typeof min === 'number' && min > 0 ? `at least ${String(min)} bytes` : '';
  const most = typeof max === 'number' ? `at most ${String(max)} bytes` : '';
  return text({}, [least, most].filter(Boolean).join(', ') || 'text');
}

function letters(pattern: string, words: string): ValidatorMeaning {
  return ([locale = DEFAULT_LOCALE]) =>
    locale === DEFAULT_LOCALE ? text({ pattern }) : text({}, `${words} (${JSON.stringify(locale)})`);
}

/** The format is a little stricter with letters beyond ASCII; it is what Vapi and the model know. */
function email([options]: readonly unknown[]): ValidatorRule {
  const takesNames = (options as { readonly allow_display_name?: boolean } | undefined)?.allow_display_name === true;
  return takesNames ? text({}, 'an email address') : text({ format: 'email' });
}

function ip([version]: readonly unknown[]): ValidatorRule {
  if (String(version) === '4') return text({ format: 'ipv4' });
  return String(version) === '6' ? text({ format: 'ipv6' }) : text({}, 'an IP address');
}

/** A superset of what validator.js takes: dates, ordinal dates and weeks, with or without time and zone. */
const ISO_8601: ValidatorMeaning = always(
  { pattern: '^[+-]?\\d{4}(-?[0-9W][0-9Ww:.,+ TtZz-]*)?$' },
  'an ISO 8601 date or time, e.g. 2026-05-04 or 2026-05-04T09:30:00Z',
);

/** What the decorators for texts mean. Keys: the names that class-validator gives them. */
export const TEXT_VALIDATORS: Readonly<Record<string, ValidatorMeaning>> = {
  isString: always({}),
  isLength: length,
  minLength: ([min]) => text({ minLength: min }),
  maxLength: ([max]) => text({ maxLength: max }),
  matches,
  contains: ([seed]) => text({ pattern: escaped(seed) }),
  notContains: ([seed]) => text({ not: { pattern: escaped(seed) } }, `without ${JSON.stringify(seed)}`),
  isByteLength: byteLength,
  isAlpha: letters('^[a-zA-Z]+$', 'letters only'),
  isAlphanumeric: letters('^[0-9a-zA-Z]+$', 'letters and digits only'),
  isAscii: always({ pattern: '^[\\x00-\\x7F]+$' }),
  isHexadecimal: always({ pattern: '^(0[xhXH])?[0-9a-fA-F]+$' }),
  isHexColor: always({ pattern: '^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$' }),
  isMongoId: always({ pattern: '^[0-9a-fA-F]{24}$' }),
  isMilitaryTime: always({ pattern: '^([01]\\d|2[0-3]):?[0-5]\\d$' }),
  isBooleanString: always({ enum: ['true', 'false', '1', '0'] }),
  isNumberString: inWords('a number as text'),
  isDecimal: inWords('a decimal number as text'),
  isPort: inWords('a port number as text'),
  isEmail: email,
  isUuid: always({ format: 'uuid' }),
  isIp: ip,
  isFqdn: inWords('a domain name'),
  isRFC3339: inWords('an RFC 3339 time, e.g. 2026-05-04T09:30:00Z'),
  isIso8601: ISO_8601,
  isDateString: ISO_8601,
  isLowercase: inWords('lower case'),
  isUppercase: inWords('upper case'),
  isUrl: inWords('a URL'),
  isPhoneNumber: ([region]) =>
    text({}, typeof region === 'string' ? `a phone number (${region})` : 'a phone number, e.g. +4930123456'),
  isMobilePhone: inWords('a mobile phone number'),
  isPostalCode: ([locale]) => text({}, typeof locale === 'string' ? `a postal code (${locale})` : 'a postal code'),
  isISO31661Alpha2: inWords('a two-letter country code'),
  isISO31661Alpha3: inWords('a three-letter country code'),
  isISO31661Numeric: inWords('a numeric country code'),
  isISO4217CurrencyCode: inWords('a currency code, e.g. EUR'),
  isISO6391: inWords('a two-letter language code'),
  isLocale: inWords('a locale, e.g. en-US'),
  isTimeZone: inWords('an IANA time zone, e.g. Europe/Berlin'),
  isCurrency: inWords('an amount of money'),
  isCreditCard: inWords('a credit card number'),
  isIBAN: inWords('an IBAN'),
  isBIC: inWords('a BIC'),
  isIsin: inWords('an ISIN'),
  isIsbn: inWords('an ISBN'),
  isISSN: inWords('an ISSN'),
  isISRC: inWords('an ISRC'),
  isEAN: inWords('an EAN'),
  isPassportNumber: inWords('a passport number'),
  isIdentityCard: inWords('an identity card number'),
  isTaxId: inWords('a tax id'),
  isLatLong: inWords('latitude and longitude, separated by a comma'),
  isJson: inWords('JSON as text'),
  isJwt: inWords('a JWT'),
  isMacAddress: inWords('a MAC address'),
  isSemVer: inWords('a semantic version'),
  isMimeType: inWords('a MIME type'),
  isDataURI: inWords('a data URI'),
  isMagnetURI: inWords('a magnet URI'),
  isBase32: inWords('base32'),
  isBase58: inWords('base58'),
  isBase64: inWords('base64'),
  isHash: ([algorithm]) => text({}, `a hash (${String(algorithm)})`),
  isOctal: inWords('an octal number'),
  isHSL: inWords('an HSL colour'),
  isRgbColor: inWords('an RGB colour'),
  isEthereumAddress: inWords('an Ethereum address'),
  isBtcAddress: inWords('a Bitcoin address'),
  IsFirebasePushId: inWords('a Firebase push id'),
  isStrongPassword: inWords('a strong password'),
  isMultibyte: inWords('with multi-byte characters'),
  isSurrogatePair: inWords('with surrogate pairs'),
  isFullWidth: inWords('with full-width characters'),
  isHalfWidth: inWords('with half-width characters'),
  isVariableWidth: inWords('with full-width and half-width characters'),
};
