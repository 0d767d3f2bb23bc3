import { randomUUID } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../scenario/json.types.js';
import { refusal, type ApiAnswer } from './api-answer.js';
import { assistantBody } from './assistant-checks.js';
import { checkBody, type Check } from './checks.js';
import { isRefusal, pick } from './list-query.js';
import { DEFAULT_QUIRKS, type Quirks } from './quirks.js';
import { RequestLog } from './request-log.js';
import { RequestPace } from './request-pace.js';
import { ResourceStore, type Resource, type SeededMeta } from './resource-store.js';
import { ScriptedAnswers } from './scripted-answers.js';
import { createTool, updateTool } from './tool-checks.js';

/** What an account keeps. */
export type Kind = 'tool' | 'assistant';

/** Clocks, so that a spec can hold them. */
export interface AccountClocks {
  /** ms since 1970. */
  readonly now: () => number;
  /** ms of a clock that never goes back. */
  readonly monotonic: () => number;
}

const REAL_CLOCKS: AccountClocks = { now: () => Date.now(), monotonic: () => performance.now() };

/** A Vapi account as its REST API shows it: tools and assistants, in memory (VAPI.md 5). */
export class Account {
  readonly orgId = randomUUID();
  readonly scripted = new ScriptedAnswers();
  readonly requests: RequestLog;
  readonly pace: RequestPace;
  private readonly stores: Readonly<Record<Kind, ResourceStore>>;
  private credentialIds: readonly string[] | undefined;
  private current: Quirks;

  /** @param quirks what a wipe goes back to */
  constructor(
    private readonly initial: Quirks = DEFAULT_QUIRKS,
    clocks: AccountClocks = REAL_CLOCKS,
  ) {
    this.current = initial;
    this.requests = new RequestLog(clocks.now, clocks.monotonic);
    this.pace = new RequestPace(clocks.monotonic);
    this.stores = { tool: new ResourceStore(clocks.now), assistant: new ResourceStore(clocks.now) };
  }

  get quirks(): Quirks {
    return this.current;
  }

  set quirks(quirks: Quirks) {
    this.current = quirks;
  }

  all(kind: Kind): readonly Resource[] {
    return this.stores[kind].all();
  }

  find(kind: Kind, id: string): Resource | undefined {
    return this.stores[kind].find(id);
  }

  /** `GET /tool`, `GET /assistant`. */
  list(kind: Kind, query: Readonly<Record<string, unknown>>): ApiAnswer {
    const newest = this.all(kind);
    const picked = pick(this.quirks.listOrder === 'newest' ? newest : newest.toReversed(), query);
    if (isRefusal(picked)) return picked;
    return { status: 200, body: picked.map((resource) => this.shown(resource)) };
  }

  /** `GET /tool/:id`, `GET /assistant/:id`. */
  get(kind: Kind, id: string): ApiAnswer {
    const found = this.find(kind, id);
    return found === undefined ? notFound(kind, id) : { status: 200, body: this.shown(found) };
  }

  /** `POST /tool`, `POST /assistant`: two tools of one name are no conflict. */
  create(kind: Kind, body: unknown): ApiAnswer {
    const checked = this.checked(body, kind === 'tool' ? createTool : assistantBody);
    if ('status' in checked) return checked;
    return { status: 201, body: this.shown(this.stores[kind].create(checked.value, sentOf(body))) };
  }

  /** `PATCH /tool/:id`, `PATCH /assistant/:id`. */
  patch(kind: Kind, id: string, body: unknown): ApiAnswer {
    const found = this.find(kind, id);
    if (found === undefined) return notFound(kind, id);
    const checked = this.checked(body, kind === 'tool' ? updateTool(found.fields['type']) : assistantBody);
    if ('status' in checked) return checked;
    const patched = this.stores[kind].patch(found, checked.value, sentOf(body), this.quirks.versions);
    return { status: 200, body: this.shown(patched) };
  }

  /** `DELETE /tool/:id`: 409 while an assistant uses it, unless the quirk says otherwise. */
  deleteTool(id: string): ApiAnswer {
    const found = this.find('tool', id);
    if (found === undefined) return notFound('tool', id);
    const users = this.all('assistant').filter(({ fields }) => toolIdsOf(fields).includes(id));
    if (users.length > 0 && this.quirks.deleteInUse === 'refuse') {
      return refusal(409, `Tool ${id} is in use by ${users.map((user) => `assistant ${user.id}`).join(', ')}`);
    }
    this.stores.tool.delete(id);
    return { status: 200, body: this.shown(found) };
  }

  /** Puts a resource in as it is, unchecked: what others left in the account. */
  seed(kind: Kind, fields: JsonObject, meta: SeededMeta = {}): Resource {
    return this.stores[kind].create(fields, fields, meta);
  }

  /** From now on `server.credentialId` must be one of these; without a call any will do. */
  seedCredentials(ids: readonly string[]): void {
    this.credentialIds = ids;
  }

  /** Forgets everything, the quirks' changes, scripted answers and logged requests too. */
  wipe(): void {
    for (const store of Object.values(this.stores)) store.clear();
    this.credentialIds = undefined;
    this.current = this.initial;
    this.scripted.clear();
    this.requests.clear();
    this.pace.clear();
  }

  /** A resource as the API shows it; `latestVersion` is a label or null, as in the SDK's typings. */
  shown({ id, createdAt, updatedAt, version, fields }: Resource): JsonObject {
    const latestVersion = this.quirks.versions === 'none' ? null : `v${version}`;
    const made = { id, orgId: this.orgId, createdAt, updatedAt, latestVersion };
    return this.quirks.responses === 'plain' ? { ...fields, ...made } : { ...verbose(fields), ...made };
  }

  private checked(body: unknown, check: Check): { readonly value: JsonObject } | ApiAnswer {
    const checked = checkBody(body, check, this.quirks);
    if (!checked.ok) return refusal(400, checked.problems);
    const server = checked.value['server'];
    const credentialId = isJsonObject(server) ? server['credentialId'] : undefined;
    if (typeof credentialId === 'string' && this.credentialIds?.includes(credentialId) === false) {
      return refusal(400, `Credential with ID ${credentialId} not found`);
    }
    return { value: checked.value };
  }
}

/** The ids of an assistant's stored tools. */
export function toolIdsOf(assistant: JsonObject): readonly string[] {
  const model = assistant['model'];
  const ids: unknown = isJsonObject(model) ? model['toolIds'] : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

/** Defaults and more that nobody sent. */
function verbose(fields: JsonObject): JsonObject {
  if (fields['type'] !== 'function') return { isDeleted: false, ...fields };
  const server = isJsonObject(fields['server']) ? { server: { timeoutSeconds: 20, ...fields['server'] } } : {};
  const definition = isJsonObject(fields['function']) ? { function: { strict: false, ...fields['function'] } } : {};
  return { isDeleted: false, async: false, messages: [], ...fields, ...server, ...definition };
}

function notFound(kind: Kind, id: string): ApiAnswer {
  return refusal(404, `Couldn't get ${kind}. Does ${kind} ${id} exist?`);
}

function sentOf(body: unknown): JsonObject {
  return isJsonObject(body) ? body : {};
}
