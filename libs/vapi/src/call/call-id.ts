/** Call ids that may stand in a URL path as they are. Vapi's are UUIDs (VAPI.md 1.2). */
const PATH_SAFE_CALL_ID = /^[A-Za-z0-9_][A-Za-z0-9._~-]{0,127}$/;

/** True when the call id can be a segment of a URL path without any encoding. */
export function isPathSafe(callId: string): boolean {
  return PATH_SAFE_CALL_ID.test(callId);
}
