/** Where Vapi sends its server messages. */
export const WEBHOOK_PATH = '/vapi/webhook';

/** Bodies with a long prompt are echoed three times (VAPI.md 1.7). */
export const WEBHOOK_BODY_LIMIT = 10 * 1024 * 1024;
