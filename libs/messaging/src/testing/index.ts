export { openMessaging } from './messaging-kit.js';
export type { MessagingKit } from './messaging-kit.js';
export { NATS_USERS } from '../access/users.js';
export { usersConf } from '../access/users-conf.js';
export { accessOf, startSecuredNats } from './secured-nats.js';
