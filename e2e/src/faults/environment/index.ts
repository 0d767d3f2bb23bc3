import type { Fault } from '../fault.types.js';
import { BROKER_RESTART_FAULTS } from './broker-restart.faults.js';
import { CLOCK_SKEW_FAULTS } from './clock-skew.faults.js';
import { CLUSTER_FAULTS } from './cluster.faults.js';
import { CONNECTION_FAULTS } from './connection.faults.js';
import { CONTROL_URL_FAULTS } from './control-url.faults.js';
import { FULL_DISK_FAULT } from './full-disk.fault.js';
import { FULL_STREAM_FAULTS } from './full-streams.faults.js';
import { WEBHOOK_FAULTS } from './webhooks.faults.js';

/** What happens around our processes. */
export const ENVIRONMENT_FAULTS: readonly Fault[] = [
  ...BROKER_RESTART_FAULTS,
  ...CLUSTER_FAULTS,
  ...FULL_STREAM_FAULTS,
  FULL_DISK_FAULT,
  ...CONTROL_URL_FAULTS,
  ...WEBHOOK_FAULTS,
  ...CONNECTION_FAULTS,
  ...CLOCK_SKEW_FAULTS,
];
