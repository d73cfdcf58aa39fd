using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Devoxx.Images.Tests")]
