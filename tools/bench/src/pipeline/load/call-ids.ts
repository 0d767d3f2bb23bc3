/** Calls of one run of a system are numbered; the number is in the id, so that the sink knows it again. */
export function callIdOf(run: number, index: number): string {
  return `${hex(run, 8)}-0000-7000-8000-${hex(index, 12)}`;
}

/** @returns NaN for ids of others */
export function callIndexOf(callId: string): number {
  return Number.parseInt(callId.slice(24, 36), 16);
}

export function toolCallIdOf(index: number): string {
  return `call_${hex(index, 24)}`;
}

/** What the tool is asked for: another text in each call. */
export function regionOf(index: number): string {
  return `district ${String(index)}`;
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0');
}
