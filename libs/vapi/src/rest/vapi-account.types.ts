import type { JsonObject } from '../json-reader.js';

/** Tools of an account, as Vapi sends them. Every method throws a `VapiRestError`. */
export interface AccountTools {
  listTools(): Promise<readonly JsonObject[]>;
  getTool(id: string): Promise<JsonObject>;
  createTool(body: JsonObject): Promise<JsonObject>;
  updateTool(id: string, patch: JsonObject): Promise<void>;
  deleteTool(id: string): Promise<void>;
}

/** Assistants of an account, as Vapi sends them. Every method throws a `VapiRestError`. */
export interface AccountAssistants {
  listAssistants(): Promise<readonly JsonObject[]>;
  getAssistant(id: string): Promise<JsonObject>;
  updateAssistant(id: string, patch: JsonObject): Promise<void>;
}
