// Turns a GGUF adapter into PEFT's two files, in a thread of its own: chats go on meanwhile.
import { workerData } from 'node:worker_threads';
import { readGgufAdapter } from '../../lora/formats/gguf-adapter.js';
import { writePeftAdapter } from '../../lora/formats/peft-adapter.js';
import { readModelShape } from '../../lora/model/config.js';

/** What the thread is given. */
export interface PeftOrder {
  adapterPath: string;
  modelPath: string;
  /** Where the files go. */
  folder: string;
  /** What PEFT is told to load the adapter onto. */
  baseModel: string;
}

const { adapterPath, modelPath, folder, baseModel } = workerData as PeftOrder;
const { config } = readModelShape(modelPath);
writePeftAdapter(folder, readGgufAdapter(adapterPath, config), config, { baseModel });
