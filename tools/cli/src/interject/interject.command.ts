import { Command } from 'commander';
import { MAX_PARTITIONS } from '@interject/contracts';
import { listCalls } from './calls/list-calls.js';
import type { ListOptions } from './calls/list-calls.js';
import { showCall } from './calls/show-call.js';
import type { ShowOptions } from './calls/show-call.js';
import { doctor } from './doctor/doctor.js';
import type { ReportOptions } from './finding.js';
import { forget } from './forget/forget.js';
import type { ForgetOptions } from './forget/forget.js';
import { health } from './health/health.js';
import { Installation } from './installation.js';
import type { InterjectPorts } from './interject-ports.js';
import { mute, unmute } from './mute/mute-commands.js';
import type { MuteOptions } from './mute/mute-commands.js';
import { partitions } from './partitions/partitions.js';
import type { PartitionsOptions } from './partitions/partitions.js';
import { say } from './say/say.js';
import type { SayOptions } from './say/say.js';
import { listTools } from './tools/list-tools.js';

const ID = 'id of the call, as Vapi and the logs show it';
const EXIT_CODES = '\nExit code 0: done, and all is well; 1: something is not; 2: it could not be tried.';

type Within = <A extends unknown[]>(
  act: (it: Installation, ...args: A) => Promise<void>,
) => (...args: A) => Promise<void>;

/** `interject calls|call|say|mute|unmute|tools|health|doctor|forget|partitions`: for people on duty. */
export function interjectCommand(ports: InterjectPorts): Command {
  const within: Within = (act) => {
    return async (...args) => Installation.use(ports, (it) => act(it, ...args));
  };
  const interject = new Command('interject').description(
    'For people on duty: looks at a running system and steers it.',
  );
  callCommands(interject, within, ports);
  muteCommands(interject, within, ports);
  systemCommands(interject, within, ports);
  for (const each of [interject, ...interject.commands]) each.addHelpText('after', EXIT_CODES);
  return interject;
}

function callCommands(interject: Command, within: Within, ports: InterjectPorts): void {
  interject
    .command('calls')
    .description('Lists live calls, the newest last.')
    .option('--limit <n>', 'most that are shown', '50')
    .option('--json', 'as JSON')
    .action(within((it, options: ListOptions) => listCalls(it, options, ports)));
  interject
    .command('call')
    .description('Tells what happened in a call, live or ended in the last 24 hours.')
    .argument('<id>', ID)
    .option('--texts', 'with what was asked and said: private')
    .option('--json', 'as JSON')
    .action(within((it, id: string, options: ShowOptions) => showCall(it, id, options, ports)));
  interject
    .command('say')
    .description('Says something in a live call at the next quiet moment, and tells what became of it.')
    .argument('<id>', ID)
    .argument('<text>', 'in quotation marks')
    .option('--interrupt', 'at once, whoever is talking')
    .option('--silent', 'tell the assistant only, without a sound')
    .option('--wait-seconds <n>', 'how long to wait for what becomes of it; 0: not at all', '60')
    .action(within((it, id: string, text: string, options: SayOptions) => say(it, id, text, options, ports)));
  interject
    .command('forget')
    .description('Removes what streams and buckets hold of one ended call, for good.')
    .argument('<id>', ID)
    .option('--dry-run', 'say what would be removed, and do nothing')
    .option('--force', 'of a live call, too')
    .action(within((it, id: string, options: ForgetOptions) => forget(it, id, options, ports)));
}

function muteCommands(interject: Command, within: Within, ports: InterjectPorts): void {
  const whom = 'id of a call, or all';
  interject
    .command('mute')
    .description('The kill switch: from now on nothing new is said. Results wait until unmute, or end undelivered.')
    .argument('<id|all>', whom)
    .option('--reason <text>', 'for others who look at calls and health')
    .action(within((it, id: string, options: MuteOptions) => mute(it, id, options, ports)));
  interject
    .command('unmute')
    .description('Lets speech go on: what has waited is said. With all, calls that were muted on their own, too.')
    .argument('<id|all>', whom)
    .action(within((it, id: string) => unmute(it, id, ports)));
}

function systemCommands(interject: Command, within: Within, ports: InterjectPorts): void {
  interject
    .command('tools')
    .description('Lists tools, who runs them, and who is at odds over them.')
    .option('--json', 'as JSON')
    .action(within((it, options: { readonly json?: boolean }) => listTools(it, options, ports)));
  interject
    .command('health')
    .description('Says what NATS shows of the system: streams, notifiers, workers, backlog, dead letters.')
    .option('--strict', 'warnings count')
    .option('--json', 'as JSON')
    .action(within((it, options: ReportOptions) => health(it, options, ports)));
  interject
    .command('partitions')
    .description('Says how many partitions there are, or changes that while no service runs (docs/guides/upgrades.md).')
    .argument('[count]', `the new number, 1 to ${String(MAX_PARTITIONS)}`)
    .option('--force', 'although calls seem to be live: nothing is said in them any more')
    .action(
      within((it, count: string | undefined, options: PartitionsOptions) => partitions(it, count, options, ports)),
    );
  interject
    .command('doctor')
    .description('Checks the surroundings: webhook, authentication, Vapi, API key, control URLs, clock, NATS.')
    .option('--strict', 'warnings count')
    .option('--json', 'as JSON')
    .action((options: ReportOptions) => doctor(options, ports));
}
