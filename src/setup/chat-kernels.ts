// llama.cpp's CPU library for chats, compiled here from the sources inside the npm package together with our kernels: fast products for the
// default model's format, attention that reads keys once, and threads that stay. It goes beside the prebuilt ones, and llama.cpp itself takes the
// one with the highest score. With it comes the addon that writes answers on threads of its own. Where they can't be made or can't run, chats are
// slower and everything works.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { binariesFolder, bindingFolder, writerPath } from '../config/llama-binaries.js';
import { moveDurably } from './checksum.js';
import { writeJsonNote } from './json-note.js';
import { installCompiled, nativeSources, nodeHeaders } from './native-code.js';
import { failureOf, runCommand } from './run-command.js';
import { reasonOf, SetupError } from './setup-error.js';

const LIBRARY = 'libggml-cpu-retune.so';
const WRITER = basename(writerPath());
/** What is compiled, in the cache and in the package's folder alike. */
const PRODUCTS = [LIBRARY, WRITER];
const CLONE_MS_MAX = 5 * 60_000;
const COMPILE_MS_MAX = 10 * 60_000;
/** What llama.cpp's build compiles into its CPU library on x86, below `ggml/src/ggml-cpu`. */
const SOURCES = [
  ...['ggml-cpu.c', 'ggml-cpu.cpp', 'ops.cpp', 'repack.cpp', 'quants.c', 'traits.cpp', 'vec.cpp', 'iqp.cpp', 'hbm.cpp'],
  ...['binary-ops.cpp', 'unary-ops.cpp', 'amx/amx.cpp', 'amx/mmq.cpp'],
  ...['arch/x86/quants.c', 'arch/x86/repack.cpp'],
];
/**
 * `GGML_USE_CPU_KLEIDIAI`: the place where llama.cpp asks for a buffer type from elsewhere; panels.cpp answers. Without `GGML_USE_LLAMAFILE`, as in
 * the prebuilt library: its products round differently for one row and for many, and an adapter's answer would depend on how its prompt was read.
 */
const DEFINITIONS = [
  ...['NDEBUG', '_GNU_SOURCE', 'GGML_BACKEND_DL', 'GGML_BACKEND_BUILD', 'GGML_BACKEND_SHARED', 'GGML_SHARED'],
  ...['GGML_USE_CPU_REPACK', 'GGML_USE_CPU_KLEIDIAI'],
];
/** Functions of llama.cpp before which the linker puts ours. */
const REPLACED = ['ggml_graph_compute', 'ggml_compute_forward_flash_attn_ext'];
/** Instruction sets, best first, by the flags of /proc/cpuinfo that they need. */
const LEVELS = [
  {
    name: 'AVX-512 with VNNI',
    needs: ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl', 'avx512_vnni', 'fma', 'bmi2', 'f16c'],
    flags: ['-march=x86-64-v4', '-mavx512vnni', '-DRETUNE_AVX512'],
  },
  { name: 'AVX2', needs: ['avx2', 'fma', 'bmi2', 'f16c'], flags: ['-march=x86-64-v3'] },
] as const;
type Level = (typeof LEVELS)[number];

/** Our kernels and our writer: in the source tree, beside the engine that they serve. */
const KERNELS = nativeSources('inference/kernels/');
const WRITER_SOURCES = nativeSources('inference/writer/');
const NAPI_VERSION = 8;

const choiceSchema = z.object({ key: z.string(), own: z.boolean(), reason: z.string() });

/** Which kernels write the answers on the CPU, and why, in words. */
export type ChatKernels = z.infer<typeof choiceSchema>;

/** The choice of an earlier set-up if it still stands, else undefined. Cheap. */
export function readChatKernels(cacheFolder: string): ChatKernels | undefined {
  try {
    const choice = choiceSchema.parse(JSON.parse(readFileSync(choicePath(cacheFolder), 'utf8')));
    const stands = choice.key === keyOf(bestLevel()) && (!choice.own || hasAll(binariesFolder()));
    return stands ? choice : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the fastest kernels ready that this machine allows. Never throws: the prebuilt ones always work.
 * @param log is told each step, and why the prebuilt ones stay
 */
export async function ensureChatKernels(cacheFolder: string, log: (line: string) => void): Promise<ChatKernels> {
  const level = bestLevel();
  const choice: ChatKernels = await compiled(level, cacheFolder, log).then(
    (reason) => ({ key: keyOf(level), own: true, reason }),
    (error: unknown) => ({ key: keyOf(level), own: false, reason: `llama.cpp's prebuilt ones: ${reasonOf(error)}` }),
  );
  if (!choice.own) log(`Chats use ${choice.reason}`);
  await writeJsonNote(choicePath(cacheFolder), choice);
  return choice;
}

async function compiled(level: Level | undefined, cacheFolder: string, log: (line: string) => void): Promise<string> {
  if (!level) throw new Error(`There are no kernels of ours for ${process.platform} ${process.arch} here.`);
  const cached = join(cacheFolder, 'chat-kernels', keyOf(level));
  if (!hasAll(cached)) {
    log(`Compiling the chat kernels for ${level.name} …`);
    await mkdir(cached, { recursive: true });
    const folder = await mkdtemp(join(cached, 'build-'));
    try {
      await compile(level, folder);
      for (const name of PRODUCTS) await moveDurably(join(folder, name), join(cached, name));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  for (const name of PRODUCTS) await install(join(cached, name));
  return `compiled here for ${level.name}.`;
}

const hasAll = (folder: string) => PRODUCTS.every((name) => existsSync(join(folder, name)));

function bestLevel(): Level | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(/\s+/));
  return LEVELS.find(({ needs }) => needs.every((flag) => flags.has(flag)));
}

/** Changes with llama.cpp's release, our kernels, the flags and the place of the package. */
function keyOf(level: Level | undefined): string {
  const hash = createHash('sha256').update(
    [llamaRelease(), level?.flags.join(' ') ?? '', ...SOURCES, ...DEFINITIONS, ...REPLACED].join('\n'),
  );
  for (const folder of [KERNELS, WRITER_SOURCES]) {
    for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 24);
}

function llamaRelease(): string {
  return readFileSync(join(bindingFolder(), 'llama.cpp.info.json'), 'utf8');
}

async function compile({ flags }: Level, folder: string): Promise<void> {
  await checkOut(folder);
  const ggml = join(folder, 'llama.cpp', 'ggml');
  const common = [
    ...[
      '-O3',
      '-fPIC',
      '-pthread',
      ...DEFINITIONS.map((name) => `-D${name}`),
      '-DGGML_VERSION="0"',
      '-DGGML_COMMIT="0"',
    ],
    ...[`-I${join(ggml, 'include')}`, `-I${join(ggml, 'src')}`, `-I${join(ggml, 'src', 'ggml-cpu')}`, `-I${KERNELS}`],
  ];
  const jobs = [
    ...SOURCES.map((name) => ({ path: join(ggml, 'src', 'ggml-cpu', name), flags })),
    ...['panels.cpp', 'attention.cpp', 'threads.cpp'].map((name) => ({ path: join(KERNELS, name), flags })),
    // For any processor: it decides whether this one can run the rest.
    { path: join(KERNELS, 'score.cpp'), flags: flags.filter((flag) => flag.startsWith('-D')) },
  ].map(({ path, flags: own }, i) => {
    const language = path.endsWith('.c') ? ['-x', 'c', '-std=c11'] : ['-std=c++17'];
    const object = join(folder, `${i}.o`);
    return { object, args: [...common, ...own, ...language, '-c', path, '-o', object] };
  });
  const waiting = [...jobs];
  const worker = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await compiler(job.args);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const objects = jobs.map(({ object }) => object);
  const linking = [
    ...REPLACED.map((name) => `-Wl,--wrap=${name}`),
    ...[`-L${binariesFolder()}`, '-lggml-base', '-Wl,-rpath,$ORIGIN'],
  ];
  await compiler(['-shared', '-o', join(folder, LIBRARY), ...objects, ...linking]);
  await compileWriter(flags, folder);
}

/** Against the very library that the binding has loaded: a process then has one llama.cpp. */
async function compileWriter(flags: readonly string[], folder: string): Promise<void> {
  const headers = [join(folder, 'llama.cpp', 'include'), join(folder, 'llama.cpp', 'ggml', 'include'), nodeHeaders()];
  const llama = readdirSync(binariesFolder()).find((name) => /^libllama\..*so$/.test(name));
  await compiler([
    ...['-std=c++17', '-O3', '-shared', '-fPIC', '-pthread', `-DNAPI_VERSION=${NAPI_VERSION}`, ...flags],
    ...headers.map((path) => `-I${path}`),
    ...[join(WRITER_SOURCES, 'addon.cpp'), '-o', join(folder, WRITER)],
    ...[`-L${binariesFolder()}`, `-l:${llama}`, '-Wl,-rpath,$ORIGIN'],
  ]);
}

/** The sources of the very release that the prebuilt binaries come from: the package carries them as a git bundle. */
async function checkOut(folder: string): Promise<void> {
  const target = join(folder, 'llama.cpp');
  await git(['clone', '--quiet', '--no-checkout', join(bindingFolder(), 'gitRelease.bundle'), target]);
  await git(['-C', target, 'checkout', '--quiet', 'HEAD', '--', 'include', 'ggml/include', 'ggml/src']);
}

async function git(args: string[]): Promise<void> {
  await run('git', args, CLONE_MS_MAX, 'There is no git');
}

async function compiler(args: string[]): Promise<void> {
  await run(process.env.CXX ?? 'g++', args, COMPILE_MS_MAX, 'There is no C++ compiler (g++)');
}

/** @throws SetupError `setup.chat-kernels` */
async function run(program: string, args: string[], timeoutMs: number, missing: string): Promise<void> {
  const result = await runCommand(program, args, { timeoutMs });
  if (result.code === 0) return;
  const name = program.split('/').at(-1) ?? program;
  if (result.code === 127) {
    const advice = 'install `git` and `g++` and run `npm run setup` again for chats about twice as fast';
    throw new SetupError('setup.chat-kernels', `${missing}: ${advice}.`);
  }
  throw new SetupError('setup.chat-kernels', `The chat kernels can't be compiled (${name}: ${failureOf(result)}).`);
}

async function install(cached: string): Promise<void> {
  const path = join(binariesFolder(), basename(cached));
  const same = existsSync(path) && (await readFile(path)).equals(await readFile(cached));
  if (!same) await installCompiled(cached, path, 'The chat kernels', 'setup.chat-kernels');
}

/** One choice per copy of the package: the library lies in its folder. */
function choicePath(cacheFolder: string): string {
  const project = createHash('sha256').update(bindingFolder()).digest('hex').slice(0, 16);
  return join(cacheFolder, 'chat-kernels', `${project}.json`);
}
