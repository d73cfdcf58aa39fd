using System.Diagnostics;
using Devoxx.Images;

// images-bench idle | open STORE | pull STORE REFERENCE | load STORE ARCHIVE: does it once, ahead-of-time compiled as the product is, and
// prints milliseconds from process start and the peak of resident memory in KiB.
var watch = Stopwatch.StartNew();
switch (args)
{
    case ["open", var directory]:
        using (var store = ImageStore.Open(directory))
        {
            Console.Error.WriteLine($"{store.List().Length} images, opened in {watch.Elapsed.TotalMilliseconds:0.00} ms");
        }

        break;
    case ["pull", var directory, var reference]:
        using (var store = ImageStore.Open(directory))
        {
            await store.PullAsync(ImageReference.Parse(reference));
        }

        break;
    case ["load", var directory, var archive]:
        using (var store = ImageStore.Open(directory))
        {
            await using var file = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            await store.LoadAsync(file);
        }

        break;
}

var peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
var started = Process.GetCurrentProcess().StartTime;
Console.WriteLine($"{(DateTime.Now - started).TotalMilliseconds:0} {peak}");
return 0;
