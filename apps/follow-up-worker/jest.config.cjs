module.exports = { displayName: 'follow-up-worker', preset: '../../jest.preset.cjs' };
