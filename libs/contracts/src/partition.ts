/** Partitions of a fresh installation. The number holds until an operator changes it, see docs/adr/0004 and 0054. */
export const DEFAULT_PARTITIONS = 16;
/** Each costs its owner a lease a second and four readers. */
export const MAX_PARTITIONS = 256;

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const encoder = new TextEncoder();

/**
 * 32-bit FNV-1a over the UTF-8 bytes of `text`.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/ (parameters and test vectors)
 */
export function fnv1a(text: string): number {
  let hash = FNV_OFFSET_BASIS;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // One byte each until here. An encoder costs ten times as much, and this is asked for each word that is said.
    if (code > 0x7f) return fnv1aOfBytes(encoder.encode(text.slice(at)), hash);
    hash = Math.imul(hash ^ code, FNV_PRIME);
  }
  return hash >>> 0;
}

function fnv1aOfBytes(bytes: Uint8Array, before: number): number {
  let hash = before;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}

/** The partition (0 to `partitions` - 1) that owns a call. All facts of one call share one partition, hence one owner. */
export function partitionOf(callId: string, partitions: number = DEFAULT_PARTITIONS): number {
  return fnv1a(callId) % partitions;
}
