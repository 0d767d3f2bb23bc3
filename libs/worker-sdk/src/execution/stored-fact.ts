import { isContractError, parse, parseJson } from '@interject/contracts';

/** The fact in a message of the stream; undefined if it cannot be read. */
export function storedFact<T extends object>(type: new () => T, message: object): T | undefined {
  const { data } = message as { readonly data?: unknown };
  try {
    return ArrayBuffer.isView(data) ? parseJson(type, data as Uint8Array) : parse(type, data);
  } catch (error) {
    if (isContractError(error)) return undefined;
    throw error;
  }
}
