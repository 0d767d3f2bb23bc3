import { loadConfigs } from '@interject/runtime';
import { report } from '../finding.js';
import type { ReportOptions } from '../finding.js';
import type { InterjectPorts } from '../interject-ports.js';
import { DoctorConfig } from './doctor.config.js';
import { authenticationFinding, webhookFindings } from './gateway-findings.js';
import { natsFindings } from './nats-findings.js';
import { controlUrlFindings, vapiFindings } from './vapi-findings.js';

/** `doctor`: everything that has to be in place around the services, in one go. Exit code 1 when something is not. */
export async function doctor(options: ReportOptions, ports: InterjectPorts): Promise<void> {
  const config = loadConfigs([DoctorConfig], ports.env).get(DoctorConfig);
  const [nats, webhook, vapi, control] = await Promise.all([
    natsFindings(ports, config.natsReplicas),
    webhookFindings(config),
    vapiFindings(config),
    controlUrlFindings(config),
  ]);
  report([authenticationFinding(config), ...webhook, ...control, ...vapi, ...nats], options, ports.terminal);
}
