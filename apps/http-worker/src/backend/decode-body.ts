import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Transform } from 'node:stream';
import { ErrorCodes } from '@interject/contracts';
import { NonRetryableError } from '@interject/worker-sdk';

/** A result may be no larger, so there is no use in reading more. */
export const MAX_ANSWER_BYTES = 256 * 1024;

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Names in `Content-Encoding`, in the order in which they were applied. */
function encodingsOf(contentEncoding: string): string[] {
  const names = contentEncoding.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && name !== 'identity');
}

function unreadable(text: string, cause?: unknown): NonRetryableError {
  return new NonRetryableError(text, { code: 'backend-answer-invalid', ...(cause !== undefined && { cause }) });
}

/** Reads with a bound, also on what a small body unfolds to. */
async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      // Leaving the loop destroys the stream, and with it the connection.
      const text = `The backend sent more than ${String(MAX_ANSWER_BYTES)} bytes.`;
      throw new NonRetryableError(text, { code: ErrorCodes.ResultTooLarge });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** zlib's own errors: the bytes are not what `Content-Encoding` says. Anything else is the connection. */
function isCorrupt(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT'));
}

/** The charset of a content type; UTF-8 when it names none, or one that nobody knows. */
function decoderFor(contentType: string) {
  const label = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}

/**
 * Reads a body as text: decompressed, with its charset, without a byte order mark.
 *
 * @throws NonRetryableError `result-too-large` beyond {@link MAX_ANSWER_BYTES}, `backend-answer-invalid` when it cannot be
 * decoded; the stream's own error when the connection breaks
 */
export async function readText(body: Readable, contentEncoding: string, contentType: string): Promise<string> {
  const decoders = encodingsOf(contentEncoding).reverse();
  // Whoever destroys it below says why; the client's own "aborted" has nobody to hear it.
  body.on('error', () => undefined);
  let stream = body;
  for (const name of decoders) {
    const decoder = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (decoder === undefined) {
      body.destroy();
      throw unreadable('The backend compresses its answer in a way that is not known here.');
    }
    stream = piped(stream, decoder());
  }
  try {
    return decoderFor(contentType).decode(await collect(stream));
  } catch (error) {
    body.destroy();
    if (isCorrupt(error)) throw unreadable('The compressed answer of the backend is damaged.', error);
    throw error;
  }
}

function piped(from: Readable, to: Transform): Transform {
  // The error of the connection is the one to tell, not the cut that it leaves in the compressed bytes.
  from.once('error', (error) => to.destroy(error));
  return from.pipe(to);
}
