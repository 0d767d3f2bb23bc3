/** Where backend services cancel a tool call. */
export const CANCEL_PATH = '/calls/:callId/tool-calls/:toolCallId/cancel';

/** Room for the longest reason in any script and escaping. */
export const CANCEL_BODY_LIMIT = 8 * 1024;

export const UNKNOWN_CALL = 'Nothing is known of this call: nothing came from it in the last 24 hours.';
