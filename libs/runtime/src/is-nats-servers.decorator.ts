import { Matches } from 'class-validator';

/** The scheme may be left out, as the client allows. */
const NATS_SERVERS = /^\s*((nats|tls):\/\/)?[^\s,/]+(\s*,\s*((nats|tls):\/\/)?[^\s,/]+)*\s*$/;

/** For a variable that names one NATS server, or several with commas between. */
export function IsNatsServers(): PropertyDecorator {
  return Matches(NATS_SERVERS, {
    message: 'must be a URL like nats://127.0.0.1:4222, or several with commas between',
  });
}
