// One configuration, two projects: `unit` beside the code, `e2e` for whatever starts a server (real Postgres, real model).
const common = {
  extensionsToTreatAsEsm: ['.ts'],
  // A package's `metadata.json.js` is no `metadata.json`.
  moduleNameMapper: { '^(\\.{1,2}/.*)(?<!\\.json)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  testEnvironment: '<rootDir>/test/support/node-environment.cjs',
};

export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      rootDir: '.',
      testMatch: ['<rootDir>/{src,web-console/src}/**/*.spec.ts', '<rootDir>/test/{bench,soak}/**/*.spec.ts'],
    },
    {
      ...common,
      displayName: 'e2e',
      rootDir: '.',
      testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'],
    },
  ],
  testTimeout: 120000,
};
