Attribute VB_Name = "xlwings"
Option Explicit

' Stands in for xlwings' module, which LibreOffice cannot compile: XLPy() gives an object that answers itself.

Public TestCalls As Long
Public TestPythonBroken As Boolean
Public TestReply As String

Public Function XLPy() As Object
    If TestPythonBroken Then Err.Raise 1000, "xlwings", "blocked by policy"
    Set XLPy = New TestServer
End Function
