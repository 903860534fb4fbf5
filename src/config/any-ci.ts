// Import this before node-llama-cpp, which refuses to load where `CI` holds anything but a boolean; some CI services put their
// name there, and an empty value counts too.
const ci = process.env.CI;
if (ci === '') delete process.env.CI;
else if (ci !== undefined && !/^(true|false|TRUE|FALSE|0|1)$/.test(ci)) process.env.CI = 'true';
