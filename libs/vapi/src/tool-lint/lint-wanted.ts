import { strictParameters } from '@interject/contracts';
import { objectOf } from '../json-reader.js';
import type { WantedTool } from '../tool-sync/wanted-tool.js';
import { FindingCodes, findingsAt } from './finding.types.js';
import type { Finding } from './finding.types.js';

/** What of a definition cannot be told to Vapi as it is meant. */
export function lintWanted(tool: WantedTool): readonly Finding[] {
  const finding = findingsAt(`tool ${tool.name} (${tool.origin})`);
  const found: Finding[] = [];
  const { looseness, isStrict } = strictParameters(tool.parameters, tool.staticArguments);
  if (looseness.length > 0) {
    const strict = isStrict ? '' : '; function.strict stays false';
    const problem = `the model is told less than the schema says: ${looseness.join('; ')}${strict}`;
    const fix = 'Nothing has to be done: the gateway checks the whole schema and answers with what does not fit.';
    found.push(finding(FindingCodes.SchemaLooser, 'info', problem, fix));
  }
  const properties = objectOf(tool.parameters['properties']) ?? {};
  const unknown = Object.keys(tool.staticArguments ?? {}).filter((name) => !Object.hasOwn(properties, name));
  if (unknown.length > 0) {
    const problem = `static argument ${unknown.join(', ')} is no property of its schema`;
    const fix = 'Add it to the schema (or the DTO), or take it out of staticArguments.';
    found.push(finding(FindingCodes.StaticArgumentUnknown, 'error', problem, fix));
  }
  return found;
}
