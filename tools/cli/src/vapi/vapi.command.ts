import { Command, Option } from 'commander';
import { CliExitCodes } from '../exit-codes.js';
import { failureText } from '../failure-text.js';
import { exportTools } from './export-tools.js';
import { SourceKinds } from './tool-source.js';
import { apply, check, lint, plan } from './vapi-actions.js';
import type { Verdict } from './vapi-actions.js';
import { processPorts } from './vapi-ports.js';
import type { VapiPorts } from './vapi-ports.js';

/**
 * `vapi tools plan|apply|check|export` and `vapi lint`: brings the tools of the workers into a Vapi account.
 *
 * @param over ports in place of those of the process; `exit` is told one of {@link CliExitCodes}
 */
export function vapiCommand(over: Partial<VapiPorts> = {}): Command {
  const ports: VapiPorts = { ...processPorts(), ...over };
  const does = <Options>(act: (options: Options, ports: VapiPorts) => Promise<Verdict>) => {
    return async (options: Options): Promise<void> => {
      ports.exit(
        await act(options, ports).catch((error: unknown) => {
          ports.error(failureText(error));
          return CliExitCodes.Unusable;
        }),
      );
    };
  };
  const vapi = new Command('vapi').description('Brings tools into a Vapi account, and says what will not work there.');
  const tools = vapi.command('tools').description('The function tools of the account.');
  account(tools.command('plan').description('Shows what apply would do.'))
    .option('--prune', 'also what would be deleted')
    .action(does(plan));
  account(tools.command('apply').description('Creates, updates and adopts tools; does no harm when repeated.'))
    .option('--prune', 'delete tools with our webhook that the file does not want any more')
    .option('--yes', 'do not ask back')
    .action(does(apply));
  account(tools.command('check').description('Exits 1 unless the account is as it shall be: for CI.'))
    .option('--prune', 'tools that are not wanted any more count')
    .option('--strict', 'warnings count')
    .action(does(check));
  source(tools.command('export').description('Writes the definitions to a file, for --file where no system runs.'))
    .option('--output <file>', 'default: standard output')
    .option('--check <file>', 'exit 1 unless the file is what would be written')
    .action(does(exportTools));
  account(vapi.command('lint').description('Says what of tools and assistants will not work as it stands.'))
    .option('--strict', 'warnings count')
    .action(does(lint));
  return vapi;
}

function source(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--from <source>',
        'where the wanted tools are read; default: gateway with INTERJECT_API_KEY, else nats',
      ).choices(SourceKinds),
    )
    .option('--file <path>', 'read them from a JSON file, made by export or by hand')
    .option('--gateway <url>', 'the gateway to ask; default: GATEWAY_PUBLIC_URL');
}

function account(command: Command): Command {
  return source(command)
    .option('--assistant <id>', 'an assistant that shall have all of the tools; may be repeated', collect)
    .option('--without-caller-tools', 'leave out list_running_tasks and cancel_task')
    .option('--no-adopt', 'do not take over tools of the same name that another server answers')
    .option('--json', 'for programs');
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
