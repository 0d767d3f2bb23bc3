import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { AnnouncementBody } from './announcement-body.dto.js';

export type ReadAnnouncement =
  | { readonly ok: true; readonly body: AnnouncementBody }
  /** Each a sentence that says what to do; none quotes what was sent. */
  | { readonly ok: false; readonly problems: readonly string[] };

const NOT_AN_OBJECT = 'The body must be a JSON object with a text: {"text": "Your taxi is there."}';
/** Names of unknown fields are foreign text. */
const MAX_NAME_LENGTH = 60;
const MAX_PROBLEMS = 20;

/** Reads the body of an announcement. Unknown fields are refused: a misspelt wish would go unheeded in silence. */
export function readAnnouncement(body: unknown): ReadAnnouncement {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return refuse([NOT_AN_OBJECT]);
  try {
    const announcement = plainToInstance(AnnouncementBody, body);
    const errors = validateSync(announcement, { whitelist: true, forbidNonWhitelisted: true });
    const problems = problemsOf(errors, '');
    return problems.length === 0 ? { ok: true, body: announcement } : refuse(problems);
  } catch {
    // The libraries recurse: deep nesting exhausts the stack.
    return refuse(['The body has a field that cannot be read: send id, text and speech only']);
  }
}

function problemsOf(errors: readonly ValidationError[], path: string): string[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const name = property.slice(0, MAX_NAME_LENGTH);
    const field = path === '' ? name : `${path}.${name}`;
    const own = Object.entries(constraints).map(([rule, text]) => {
      if (rule === 'whitelistValidation') return `${field} is not known here`;
      // The library's texts begin with the property's name; the path says it better.
      return text.startsWith(`${property} `) ? `${field}${text.slice(property.length)}` : `${field}: ${text}`;
    });
    return [...own, ...problemsOf(children, field)];
  });
}

function refuse(problems: readonly string[]): ReadAnnouncement {
  return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) };
}
