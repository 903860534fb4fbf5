// The arrows of ARCHITECTURE.md, held by lint: dependencies point one way.
const modules = {
  lora: [],
  config: [],
  database: ['config', 'setup'],
  access: ['config', 'database'],
  assistants: ['config', 'database', 'access'],
  inference: ['config', 'database', 'assistants'],
  adapters: ['config', 'database', 'access', 'assistants', 'feedback', 'inference', 'lora'],
  feedback: ['config', 'database', 'access', 'assistants', 'embedding'],
  embedding: ['config', 'setup'],
  memory: ['config', 'database', 'access', 'assistants', 'feedback', 'embedding', 'adapters', 'inference'],
  conversations: ['config', 'database', 'access', 'assistants', 'inference', 'adapters', 'feedback', 'memory'],
  learning: ['config', 'database', 'access', 'assistants', 'inference', 'adapters', 'feedback', 'embedding', 'lora'],
  operations: ['config', 'database', 'access', 'assistants', 'adapters', 'inference', 'embedding'],
  setup: ['config', 'lora'],
  'lora-cli': ['config', 'inference', 'setup', 'lora'],
};

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    ...Object.entries(modules).map(([name, allowed]) => ({
      name: `${name}-points-one-way`,
      severity: 'error',
      from: { path: `^src/${name}/` },
      to: { path: '^(src|migrations|test)/', pathNot: `^src/(${[name, ...allowed].join('|')})/` },
    })),
    {
      name: 'lora-is-pure',
      severity: 'error',
      comment: 'The learner is readable as a paper: no framework, no database, no network.',
      from: { path: '^src/lora/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '(^|/)(@nestjs|typeorm|pg|pg-boss|socket\\.io|express|node-llama-cpp)(/|$)|^node:(http|https|net|tls|dgram)$|^(http|https|net|tls|dgram)$',
      },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
