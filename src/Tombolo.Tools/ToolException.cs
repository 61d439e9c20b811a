namespace Tombolo.Tools;

/// <summary>A tool cannot answer: what, and the way out.</summary>
public sealed class ToolException(string message) : Exception(message);
