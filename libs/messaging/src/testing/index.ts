export { openMessaging } from './messaging-kit.js';
export type { MessagingKit } from './messaging-kit.js';
