import type { SpokenLanguage } from './spoken-language.js';

/** Starts at a border only and is bounded, so that a long text without an address is looked at once. */
const URL_TEXT = /(?<![\p{L}\p{N}@.])(?:https?:\/\/|www\.)([^\s<>"'`“”‘’()[\]{}|\\^]{1,2000})/giu;
const EMAIL =
  /(?<![\p{L}\p{N}._%+-])([\p{L}\p{N}._%+-]{1,64})@([\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8})(?![\p{L}\p{N}-])/gu;
/** A first part of the path that can be said; ids and the rest of the path are for clicking. */
const SAYABLE_PATH = /^[a-z]{1,15}(?:-[a-z]{1,12}){0,2}$/i;

function readUrl(rest: string, language: SpokenLanguage): string {
  const end = /[.,;:!?…*_~]+$/.exec(rest.slice(-20))?.[0] ?? '';
  const address = rest.slice(0, rest.length - end.length);
  const [authority = '', path = ''] = address.split(/[/?#]/, 2);
  const host = authority
    .replace(/^.*@/, '')
    .replace(/^www\./i, '')
    .replace(/:\d*$/, '');
  if (host === '') return end;
  if (!language.isEnglish) return `${host}${end}`;
  const hasPath = address.charAt(authority.length) === '/' && SAYABLE_PATH.test(path);
  const words = host.replace(/\./g, ' dot ');
  return `${hasPath ? `${words} slash ${path}` : words}${end}`;
}

const DOTTED: readonly (readonly [RegExp, string])[] = [
  [/\./g, ' dot '],
  [/_/g, ' underscore '],
  [/\+/g, ' plus '],
];

function readMailbox(name: string): string {
  return DOTTED.reduce((words, [sign, word]) => words.replace(sign, word), name);
}

/**
 * Returns the text with web addresses as their host (English: `example dot com slash track`) and e-mail addresses as
 * one says them in English. Other languages keep e-mail addresses: their voices know them better than we do.
 */
export function readAddresses(text: string, language: SpokenLanguage): string {
  const read = text.replace(URL_TEXT, (_url, rest: string) => readUrl(rest, language));
  if (!language.isEnglish || !read.includes('@')) return read;
  return read.replace(EMAIL, (_mail, name: string, host: string) => {
    return `${readMailbox(name)} at ${host.replace(/\./g, ' dot ')}`.replace(/ {2,}/g, ' ');
  });
}
