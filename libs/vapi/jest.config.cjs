module.exports = { displayName: 'vapi', preset: '../../jest.preset.cjs' };
