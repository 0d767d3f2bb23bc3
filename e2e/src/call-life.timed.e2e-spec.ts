import { describe } from '@jest/globals';
import { Stage } from './harness/stage.js';
import { announcementScenes } from './harness/scenes/announcements.js';
import { companyScenes, FOLLOW_UP_SECRET } from './harness/scenes/call-company.js';

describe('in a call', () => {
  const stage = new Stage({
    services: ['gateway', 'notifier', 'http-worker', 'follow-up-worker'],
    env: { FOLLOW_UP_WEBHOOK_SECRET: FOLLOW_UP_SECRET },
  });

  describe('while a job runs', () => {
    companyScenes(stage);
  });
  describe('an announcement', () => {
    announcementScenes(stage);
  });
});
