import CLinux
import Glibc

/// The operating system's thread below a loop, or below a call that may block.
enum LoopThread {
    /// Starts a detached thread that runs `body`; the name shows in `top` and debuggers.
    static func start(
        name: String,
        _ body: @escaping @Sendable () -> Void
    ) throws(TransportError) {
        let box = unsafe Unmanaged.passRetained(Box(name: name, body: body))
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let box = unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
                // The kernel takes 15 characters.
                unsafe cw_name_this_thread(String(box.name.prefix(15)))
                box.body()
                return nil
            },
            box.toOpaque()
        )
        guard code == 0 else {
            unsafe box.release()
            throw TransportError(.system(code), "the kernel refused a thread for \(name)")
        }
    }

    /// A number that is different for every living thread and never 0.
    static var currentIdentity: UInt { UInt(pthread_self()) }

    private final class Box: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
