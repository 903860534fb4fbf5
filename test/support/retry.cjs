// For tests that start real servers, models and browsers on shared machines: a failure is logged and tried once more, so that
// a moment without a processor doesn't stop a release, and a real fault still does.
/* global jest */
jest.retryTimes(1, { logErrorsBeforeRetry: true });
