import { randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '../scenario/json.types.js';
import type { Quirks } from './quirks.js';

/** A tool or an assistant as the account keeps it. */
export interface Resource {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
  /** Everything but the fields that the server makes. */
  readonly fields: JsonObject;
  /** What calls play: with drafts it lags behind `fields`. */
  readonly published: JsonObject;
  /** The body of the last write, before anything was stripped or coerced. */
  readonly sent: JsonObject;
}

/** What a seed may say of a resource besides its fields. */
export type SeededMeta = Partial<Pick<Resource, 'id' | 'createdAt' | 'updatedAt' | 'version'>>;

/** All tools, or all assistants, of an account. */
export class ResourceStore {
  private readonly resources = new Map<string, Resource>();

  constructor(private readonly now: () => number) {}

  /** Newest first, as Vapi lists them. */
  all(): readonly Resource[] {
    const byAge = [...this.resources.values()].reverse();
    return byAge.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  }

  find(id: string): Resource | undefined {
    return this.resources.get(id);
  }

  create(fields: JsonObject, sent: JsonObject, meta: SeededMeta = {}): Resource {
    const createdAt = meta.createdAt ?? new Date(this.now()).toISOString();
    const id = meta.id ?? randomUUID();
    const cleared = withoutNulls(fields);
    const { updatedAt = createdAt, version = 1 } = meta;
    return this.put({ id, createdAt, updatedAt, version, fields: cleared, published: cleared, sent });
  }

  /** Each property of the change replaces the whole property; null clears it (VAPI.md 5). */
  patch(resource: Resource, change: JsonObject, sent: JsonObject, versions: Quirks['versions']): Resource {
    const fields = withoutNulls({ ...resource.fields, ...change });
    const updatedAt = new Date(this.now()).toISOString();
    const changed = { ...resource, updatedAt, fields, sent: { ...resource.sent, ...sent } };
    if (versions === 'draft') return this.put(changed);
    return this.put({ ...changed, version: resource.version + 1, published: fields });
  }

  delete(id: string): void {
    this.resources.delete(id);
  }

  clear(): void {
    this.resources.clear();
  }

  private put(resource: Resource): Resource {
    this.resources.set(resource.id, resource);
    return resource;
  }
}

function withoutNulls(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== null));
}
