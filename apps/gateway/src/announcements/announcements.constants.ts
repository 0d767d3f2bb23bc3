/** Where backend services send what is to be said in a call. */
export const ANNOUNCEMENTS_PATH = '/calls/:callId/announcements';

/** Room for the longest text in any script and escaping, and a speech plan. */
export const ANNOUNCEMENT_BODY_LIMIT = 64 * 1024;
